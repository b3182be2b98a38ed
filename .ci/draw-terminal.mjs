// Draws what a terminal shows: node draw-terminal.mjs SCREEN COLUMNS PICTURE.png
//
// SCREEN is lines with the terminal's own sequences for colours, as `tmux capture-pane -e` writes them. TOOLS is the folder
// that has playwright-core and @xterm/xterm, CHROMIUM the browser.

import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

const tools = path.join(process.env.TOOLS, 'node_modules')
const { chromium } = createRequire(path.join(tools, 'x.js'))('playwright-core')
const [screen, columns, picture] = process.argv.slice(2)
const lines = fs.readFileSync(screen, 'utf8').replace(/\n$/, '').split('\n')

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } })
await page.setContent('<body style="margin: 0"><div id="terminal" style="display: inline-block; padding: 8px; background: #000"></div>')
await page.addStyleTag({ path: path.join(tools, '@xterm/xterm/css/xterm.css') })
await page.addScriptTag({ path: path.join(tools, '@xterm/xterm/lib/xterm.js') })
await page.evaluate(
  ([lines, cols]) =>
    new Promise((drawn) => {
      const terminal = new Terminal({ cols, rows: lines.length, fontFamily: 'DejaVu Sans Mono', fontSize: 13, cursorInactiveStyle: 'none' })
      terminal.open(document.getElementById('terminal'))
      terminal.write(lines.join('\r\n'), () => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    }),
  [lines, Number(columns)],
)
await page.locator('#terminal').screenshot({ path: picture })
await browser.close()
