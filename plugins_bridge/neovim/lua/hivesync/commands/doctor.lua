--- `:HiveSync doctor`: what `hivesync doctor` finds, and this plugin's own view.
local doctor = require("hivesync.doctor")
local tell = require("hivesync.tell")
local view = require("hivesync.view")

return function()
  tell.info("Looking …")
  doctor.examine(function(findings)
    view.float("Doctor", doctor.lines(findings), { name = "doctor" })
  end)
end
