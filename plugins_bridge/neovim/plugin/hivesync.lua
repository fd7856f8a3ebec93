-- Nothing but the commands: the rest is loaded with the first of them.
if vim.g.loaded_hivesync then
  return
end
vim.g.loaded_hivesync = true

vim.api.nvim_create_user_command("HiveSync", function(given)
  require("hivesync").run(given.fargs[1], {
    argument = given.fargs[2],
    lines = given.range > 0 and { given.line1, given.line2 } or nil,
  })
end, {
  nargs = "*",
  range = true,
  desc = "HiveSync: previews, AI docs, tasks, comments, notifications",
  complete = function(typed, line)
    return require("hivesync").complete(typed, line)
  end,
})

vim.api.nvim_create_user_command("HiveSyncDoctor", function()
  require("hivesync").run("doctor", {})
end, { desc = "HiveSync: what is wrong, and what to do about it" })
