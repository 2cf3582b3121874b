/** The technician's page over real listeners: a box by mosquitto, DC-09 frames with a wrong CRC, key, clock, account and code; audited, in Chromium, without a secret. */

import { execFile } from 'node:child_process'
import { createSecretKey } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encrypt } from '../adapters/dc09/cipher-frame.ts'
import { encodeFrame, formatTime } from '../adapters/dc09/frame.ts'
import type { SourceFrames, TraceStrangers } from '../gateway/core/trace.ts'
import type { Role } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { PATIENCE_MS, speak } from './browser/pages.ts'

const run = promisify(execFile)
const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const TEST_MS = 120_000
const KEY = '00112233445566778899AABBCCDDEEFF'
const OTHER_KEY = 'FFEEDDCCBBAA99887766554433221100'
const PASSWORD = 'box-secret-77'
const dir = tempDir('source-frames')
let running: RunningGateway
let admin: ConsoleClient
let context: BrowserContext
let page: Page

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({ dir, consoleDir: DIST })
  await running.device('dc09', '1021', KEY)
  await running.device('mqtt', 'linxi/box-03', PASSWORD)
  const password = await running.person('10001', 'administrator')
  admin = await logIn(running.url, '10001', password)
  context = await openBrowser({ dir, name: 'frames', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(`${running.url}/sources`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, TEST_MS)

afterAll(async () => {
  await context?.close()
  await running?.stop()
})

/** Sends bytes and waits for an answer, or for the line to be still there a moment later when there is none. */
async function send(bytes: Buffer, answered = true): Promise<void> {
  const socket = connect(running.port('adapters.dc09.port'), '127.0.0.1')
  await once(socket, 'connect')
  const answer = once(socket, 'data')
  socket.write(bytes)
  if (answered) await answer
  else answer.catch(() => {})
  if (!answered) await new Promise<void>(resolve => socket.end(() => resolve()))
  socket.destroy()
}
const startedMs = Date.now()
const sealed = (key: string, ms: number): Buffer =>
  encodeFrame(`"*ADM-CID"0001L0#1021[${encrypt(`#1021|1130 01 003]_${formatTime(ms)}`, createSecretKey(key, 'hex'))}`)
const frames = async (id: string) =>
  (await (await admin.get(`/api/sources/frames?id=${encodeURIComponent(id)}`)).json()) as SourceFrames
/** What came in, oldest first: why it was not taken, and its faulty fields. */
const came = async (id: string) =>
  (await frames(id)).frames
    .filter(frame => !frame.out)
    .map(({ fault, fields }) => [fault, ...fields.filter(each => each.fault).map(each => each.name)])
    .reverse()

it('what is wrong with each frame of an account, in its own list; who is unknown, among the strangers', async () => {
  const wrongCrc = encodeFrame('"ADM-CID"0001L0#1021[#1021|1130 01 003]')
  wrongCrc.write('BEEF', 1, 'latin1')
  await send(wrongCrc, false)
  await until('the first frame', async () => (await came('dc09:1021')).length === 1)
  await send(sealed(OTHER_KEY, Date.now()))
  await send(sealed(KEY, Date.now() - 600_000))
  await send(sealed(KEY, Date.now()))
  await send(encodeFrame('"ADM-CID"0002L0#4711[#4711|1999 01 003]'))
  await expect
    .poll(() => came('dc09:1021'), { timeout: PATIENCE_MS })
    .toEqual([['badCrc', 'crc'], ['wrongKey'], ['clock'], [undefined]])
  // Since when they are kept is said: none is from before this start.
  const { sinceMs, nowMs } = await frames('dc09:1021')
  expect([sinceMs > 0, sinceMs >= startedMs, sinceMs <= nowMs]).toEqual([true, true, true])
  // The answers stand between them: refused, told the time, acknowledged.
  const answers = (await frames('dc09:1021')).frames.filter(frame => frame.out)
  expect(answers.map(({ fields }) => fields.find(each => each.name.startsWith('id'))?.value)).toEqual([
    '*ACK',
    'NAK',
    'DUH'
  ])
  await expect.poll(() => came('dc09:4711'), { timeout: PATIENCE_MS }).toEqual([[undefined, 'contactId']])
  const { strangers } = (await (await admin.get('/api/sources/strangers')).json()) as TraceStrangers
  expect(strangers.map(({ name, protocol }) => [name, protocol])).toEqual([['dc09:4711', 'dc09']])
})

it('a wrong password is seen at the source it names, and no password anywhere', async () => {
  const publish = (password: string) =>
    run('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(running.port('adapters.mqtt.port')), '-V', 'mqttv311', '-q', '1'],
      ...['-u', 'linxi/box-03', '-P', password, '-t', 'v1/linxi/box-03/alarm'],
      ...['-m', JSON.stringify({ v: 1, eventId: 'e1', type: 'panik', at: Date.now() })]
    ])
  await expect(publish('wrong-secret-78')).rejects.toThrow()
  await publish(PASSWORD)
  await expect
    .poll(() => came('mqtt:linxi/box-03'), { timeout: PATIENCE_MS })
    .toEqual([['loginRefused'], ['typeUnknown', 'type']])
  const shown = JSON.stringify(await frames('mqtt:linxi/box-03'))
  for (const secret of ['wrong-secret-78', PASSWORD]) {
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(Buffer.from(secret).toString('hex'))
  }
})

it('each reading is in the audit log; patrol and dispatcher read none, nor who is logged out', async () => {
  const entries = (await running.gateway.store.auditTail(200)).filter(entry => entry.action === 'sourceFrames')
  expect(entries.length).toBeGreaterThan(3)
  expect(new Set(entries.map(entry => entry.who))).toEqual(new Set(['10001 名 10001']))
  expect(entries.map(entry => entry.object)).toContain('source:dc09:1021')
  const status = async (login: string, role: Role, path: string) => {
    const more = role === 'patrol' ? { unitId: 'u1' } : { fleetId: 'fleet-1' }
    return (await (await logIn(running.url, login, await running.person(login, role, more))).get(path)).status
  }
  for (const path of [
    '/api/sources/frames?id=dc09:1021',
    '/api/sources/strangers',
    '/api/sources/detail?id=dc09:1021'
  ]) {
    expect(await status('20001', 'patrol', path)).toBe(403)
    expect(await status('30001', 'taxiDispatcher', path)).toBe(403)
    expect((await fetch(`${running.url}${path}`)).status).toBe(401)
  }
})

const WINDOWS: ['zh-CN' | 'en', number, number][] = [
  ['en', 1366, 768],
  ['zh-CN', 1920, 1080]
]

it.each(WINDOWS)('the technician reads it: %s at %i × %i', { timeout: TEST_MS }, async (language, width, height) => {
  await page.setViewportSize({ width, height })
  await page.goto(`${running.url}/sources?source=${encodeURIComponent('dc09:1021')}`)
  await speak(page, language)
  const words =
    language === 'en'
      ? ['wrong CRC', 'should be', 'wrong key', 'Strangers 1']
      : ['CRC 错', '应为', '密钥不对', '未登记来源 1']
  const all = page.locator('.src-frames')
  await all
    .getByText(words[2] ?? '')
    .first()
    .waitFor()
  const wrong = all.locator('.src-frame', { hasText: words[0] })
  await wrong.locator('summary').click()
  await wrong.getByText(words[1] ?? '').waitFor()
  await wrong.locator('tr.wrong').first().hover()
  // Under the pointer it lights up a frame later.
  await expect.poll(() => wrong.locator('.src-dump .lit').count(), { timeout: PATIENCE_MS }).toBe(8)
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `frames-${language}-${width}.png`) })
  await reads(page)
  await page.getByText(words[3] ?? '').click()
  await page.locator('.src-strangers').getByText('dc09:4711').click()
  await all.locator('tr.wrong').first().waitFor()
})
