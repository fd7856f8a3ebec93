--- `:HiveSync stop`: ends the live preview and whatever is under way.
return function()
  require("hivesync.preview").stop()
end
