vim9script
# The one place that names this plugin's version; a test holds it to the repository's.
export const VERSION = '0.1.0'
