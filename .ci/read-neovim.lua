-- Asks the language server, in Neovim without a screen and with the settings of docs/editors.md, for what a user asks.
-- Nothing is waited for longer than it takes.

local scenario = {
  "runloop: 1",
  "locks: [printer]",
  "coroutines:",
  "  worker:",
  "    params: { name: string }",
  "    do:",
  "      - acquire: printr",
  "      - print: \"${name} at ${now}\"",
  "main:",
  "  - { call:   worker, with: { name: Ann } }",
}

local function wait(what, condition)
  if not vim.wait(20000, condition, 20) then
    error("Neovim waits in vain for " .. what)
  end
end

local function ask(method, line, column)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(),
    position = { line = line, character = column },
    context = { includeDeclaration = true },
    newName = "worker2",
  }
  local answers = vim.lsp.buf_request_sync(0, method, params, 20000)
  for _, answer in pairs(answers or {}) do
    assert(not answer.err, method .. ": " .. vim.inspect(answer.err))
    return answer.result
  end
  error(method .. " has no answer")
end

local function check()
  vim.fn.writefile({ "on: push" }, "other.yaml")
  vim.fn.writefile({ "runloop: 1", "coroutines:", "  greet:", "    - print: hello" }, "library.yaml")
  vim.fn.writefile({ "runloop: 1", "include: [library.yaml]", "main:", "  - call: greet" }, "user.yaml")
  vim.fn.writefile(scenario, "bad.yaml")
  vim.cmd("edit bad.yaml")
  wait("diagnostics", function() return #vim.diagnostic.get(0) > 0 end)
  local found = vim.diagnostic.get(0)
  assert(#found == 1 and found[1].lnum == 6 and found[1].message:find("printr"), vim.inspect(found))

  vim.api.nvim_buf_set_lines(0, 6, 7, false, { "      - acquire: printer" })
  wait("no diagnostics", function() return #vim.diagnostic.get(0) == 0 end)

  local hover = ask("textDocument/hover", 7, 18)
  assert(vim.inspect(hover):find("name"), vim.inspect(hover))
  local target = ask("textDocument/definition", 9, 15)
  assert((target[1] or target).range.start.line == 3, vim.inspect(target))
  local edits = ask("textDocument/rename", 9, 15)
  vim.lsp.util.apply_workspace_edit(edits, "utf-16")
  assert(vim.api.nvim_buf_get_lines(0, 3, 4, false)[1] == "  worker2:", "the declaration is not renamed")
  assert(vim.api.nvim_buf_get_lines(0, 9, 10, false)[1]:find("call:   worker2"), "the use is not renamed")

  vim.api.nvim_buf_set_lines(0, 6, 7, false, { "      - acq" })
  local offered = ask("textDocument/completion", 6, 11)
  local labels = vim.tbl_map(function(item) return item.label end, offered.items or offered)
  assert(vim.tbl_contains(labels, "acquire"), vim.inspect(labels))
  vim.api.nvim_buf_set_lines(0, 6, 7, false, { "      - acquire: printer" })

  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 20000 })
  else
    vim.lsp.buf.formatting_sync(nil, 20000)
  end
  vim.cmd("silent write")
  assert(vim.api.nvim_buf_get_lines(0, 9, 10, false)[1] == "  - { call: worker2, with: { name: Ann } }", "it is not laid out")

  vim.cmd("edit user.yaml")
  local target = ask("textDocument/definition", 3, 12)
  assert(vim.inspect(target):find("library.yaml"), vim.inspect(target))
  vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", 3, 12), "utf-16")
  vim.cmd("silent wall")
  assert(vim.fn.readfile("user.yaml")[4] == "  - call: worker2", "the use is not renamed")
  assert(vim.fn.readfile("library.yaml")[3] == "  worker2:", "the library is not renamed")

  vim.cmd("edit other.yaml")
  vim.wait(100, function() return #vim.diagnostic.get(0) > 0 end)
  assert(#vim.diagnostic.get(0) == 0, "a file that is no scenario has diagnostics")
end

local ok, problem = xpcall(check, debug.traceback)
if ok then
  print("diagnostics, hover, definition, rename, completion, layout, a library\n")
  vim.cmd("qall!")
else
  io.stderr:write(tostring(problem) .. "\n")
  vim.cmd("cquit 1")
end
