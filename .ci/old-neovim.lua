-- The README's lines want Neovim 0.8. Debian's may be older; this is what they call there.
if not vim.lsp.start then
  vim.lsp.start = function(config)
    vim.lsp.buf_attach_client(0, vim.lsp.start_client(config))
  end
end
