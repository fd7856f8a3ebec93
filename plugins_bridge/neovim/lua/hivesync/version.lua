--- The one place that names this plugin's version; a test holds it to the repository's.
return "0.1.0"
