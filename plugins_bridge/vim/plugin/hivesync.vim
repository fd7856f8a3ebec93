vim9script noclear
# Nothing but the commands: the rest is loaded with the first of them.
if exists('g:loaded_hivesync')
  finish
endif
g:loaded_hivesync = true

command! -nargs=* -range -complete=customlist,hivesync#complete HiveSync hivesync#run([<f-args>], <range>, <line1>, <line2>)
command! -bar HiveSyncDoctor hivesync#run(['doctor'], 0, 0, 0)
