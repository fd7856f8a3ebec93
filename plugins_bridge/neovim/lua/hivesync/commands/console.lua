--- `:HiveSync console`: what the app on the phone writes.
return function()
  require("hivesync.console").open()
end
