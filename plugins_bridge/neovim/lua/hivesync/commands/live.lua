--- `:HiveSync live [PATH]`: a preview that follows every save.
return function(options)
  require("hivesync.commands.preview")({ argument = options.argument, live = true })
end
