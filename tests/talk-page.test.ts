/**
 * A call-back from the incident in Chromium with a spoken-in tone, to baresip, which we did not write, as the household's telephone (Debian
 * package baresip-core): each hears the other's tone; states, mute, hang-up and the warning under duress are seen; the call is evidence.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adapters } from '../adapters/index.ts'
import { createTelephone } from '../adapters/sip/simulator.ts'
import type { Incident } from '../gateway/core/incident.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { freePort } from '../gateway/testing/ports.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { buildConsole } from '../scripts/lib/console-build.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { pressUntil, speak } from './browser/pages.ts'

const WAIT_MS = 60_000
const OPERATOR_HZ = 1_300
const HOUSEHOLD_HZ = 700
const contacts = [{ name: '陈明', relation: '儿子', phone: '665-0911' }]
const dir = tempDir('talk-page')
const evidenceDir = join(dir, 'data', 'evidence')
const phoneDir = join(dir, 'baresip')
const cleanups: (() => unknown)[] = []
let running: RunningGateway
let page: Page
let screen = ''

/** It knows no loopback: it must be called by a network card's address. */
function outwardAddress(): string {
  const cards = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  const card = cards.find(({ family, internal }) => family === 'IPv4' && !internal)
  if (!card) throw new Error('baresip needs a network card beside the loopback')
  return card.address
}
const outward = outwardAddress()

/** Picks up by itself, hums, and keeps what it hears in files. */
function baresip(port: number): void {
  mkdirSync(phoneDir)
  const hum = join(phoneDir, 'hum.wav')
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=f=${HOUSEHOLD_HZ}:r=8000:d=600`, hum])
  const lines = [
    'module_path /usr/lib/baresip/modules',
    ...['g711', 'aufile', 'aubridge', 'sndfile'].map(name => `module ${name}.so`),
    ...['account', 'menu'].map(name => `module_app ${name}.so`),
    `sip_listen 0.0.0.0:${port}`,
    'audio_player aubridge,nil',
    `audio_source aufile,${hum}`,
    'audio_alert aubridge,nil',
    `snd_path ${phoneDir}`
  ]
  writeFileSync(join(phoneDir, 'config'), `${lines.join('\n')}\n`)
  const account = (number: string) => `<sip:${number}@${outward}>;regint=0;answermode=auto;audio_codecs=pcma\n`
  writeFileSync(join(phoneDir, 'accounts'), `${account('6650147')}${account('6650911')}`)
  const program = 'baresip'
  const child = spawn(program, ['-f', phoneDir], { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (screen += bytes.toString()))
  child.once('error', error => {
    screen = `baresip is needed (Debian package baresip-core): ${error.message}`
  })
  cleanups.push(() => child.kill('SIGINT'))
}

/** The loudest frequency of a WAV's channel, by ffmpeg: of the two tones, or 0 for none. */
function toneOf(file: string, channel = 0): number {
  const level = (hz: number) => {
    const filter = `pan=mono|c0=c${channel},bandpass=f=${hz}:width_type=h:w=60,volumedetect`
    const out = execFileSync('sh', ['-c', `ffmpeg -hide_banner -i '${file}' -af '${filter}' -f null - 2>&1`]).toString()
    return Number(/max_volume: (-?[\d.]+) dB/.exec(out)?.[1] ?? -200)
  }
  const levels = [OPERATOR_HZ, HOUSEHOLD_HZ].map(hz => ({ hz, db: level(hz) })).toSorted((a, b) => b.db - a.db)
  const [first, second] = levels
  return first && second && first.db - second.db > 15 && first.db > -40 ? first.hz : 0
}

/** What baresip decoded is in a file of its own, whole once baresip, too, has ended the call. */
async function baresipHeardTheOperator(known: readonly string[]): Promise<void> {
  const heard = () => {
    const file = readdirSync(phoneDir).find(name => /dec\.wav$/.test(name) && !known.includes(name))
    return file === undefined ? 0 : toneOf(join(phoneDir, file))
  }
  await expect.poll(heard, { timeout: WAIT_MS, interval: 500 }).toBe(OPERATOR_HZ)
}

/** The loudest frequency of what the page plays, Hz. */
const loudest = (way: 'webrtc' | 'websocket') =>
  page.evaluate<number>(`(() => {
    const ear = ${way === 'webrtc' ? 'window.rtcEar' : 'window.ear'}
    if (!ear) return 0
    const bins = new Uint8Array(ear.frequencyBinCount)
    ear.getByteFrequencyData(bins)
    return bins.indexOf(Math.max(...bins)) * ear.context.sampleRate / ear.fftSize
  })()`)
/** Puts an analyser beside whatever is played. */
const LISTEN_IN = `const remote = RTCPeerConnection.prototype.setRemoteDescription
RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
  this.addEventListener('connectionstatechange', () => { window.rtc = this.connectionState })
  this.addEventListener('track', ({ track }) => {
    const context = new AudioContext()
    window.rtcEar = new AnalyserNode(context, { fftSize: 4096 })
    context.createMediaStreamSource(new MediaStream([track])).connect(window.rtcEar)
  })
  /* A line that lets no UDP through: it goes where nobody is. */
  return remote.call(this, { type, sdp: window.noUdp ? sdp.replace(/ \\d+ typ host/g, ' 9 typ host') : sdp })
}
const connect = AudioNode.prototype.connect
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode) {
    window.ear = new AnalyserNode(this.context, { fftSize: 1024 })
    connect.call(this, window.ear)
  }
  return connect.call(this, to, ...more)
}`

beforeAll(async () => {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  const phonePort = await freePort()
  running = await runGateway({
    dir,
    registry: {
      ...SMALL_TOWN,
      subjects: SMALL_TOWN.subjects.map((each, n) => (n === 0 ? { ...each, contacts } : each))
    },
    adapters: adapters.filter(each => each.name === 'sip'),
    config: {
      adapters: {
        sip: {
          ...{ address: '0.0.0.0', port: 0, tlsPort: -1, hearPort: 0, ringMs: 20, rtpPorts: { from: 0, to: 0 } },
          // A busy machine is no firewall.
          webrtc: { giveUpMs: 15_000, ports: { from: 0, to: 0 } },
          trunks: [
            { name: 'exchange', address: outward, port: phonePort, maxPlaced: 2 },
            { name: 'test', address: '127.0.0.1' }
          ]
        }
      }
    },
    consoleDir: join(import.meta.dirname, '../web-console/dist'),
    media: ({ ticketSecret }) =>
      createMediaPlane({
        ...{ workers: 1, basePort: 0, bindAddress: '127.0.0.1', evidenceDir, ffmpegPath: 'ffmpeg' },
        recording: { dir: join(dir, 'data', 'recordings'), segmentMs: 60_000, fragmentMs: 440, syncMs: 5_000 },
        ...{ preRollMs: 5_000, ticketSecret, clock: systemClock, log: silentLog }
      })
  })
  baresip(phonePort)
  const microphone = join(dir, 'microphone.wav')
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=f=${OPERATOR_HZ}:r=48000:d=30`, microphone])
  const context = await openBrowser({ dir, name: 'floor', width: 1920, height: 1080, microphone })
  cleanups.push(() => (context as BrowserContext).close())
  page = await firstPage(context)
  await page.addInitScript(LISTEN_IN)
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill('10008')
  await page.locator('input[autocomplete="current-password"]').fill(await running.person('10008', 'leader'))
  await page.locator('.login-seats input').nth(0).check({ force: true })
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, 180_000)
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  await running?.stop()
})

/** For the eye, where a folder is given. */
async function look(name: string): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  if (process.env.PINGAN_PICTURES) await page.screenshot({ path: join(process.env.PINGAN_PICTURES, `${name}.png`) })
  await reads(page, name)
}
/** Holds ⌫ until the call is over. */
async function hangUp(): Promise<void> {
  await page.keyboard.down('Backspace')
  await page.locator('.talk[data-state="over"]').waitFor({ timeout: WAIT_MS })
  await page.keyboard.up('Backspace')
}
const incident = (): Incident => {
  const [first] = [...running.gateway.incidents.all()]
  if (!first) throw new Error('no incident')
  return first
}
const lines = async () => (await running.gateway.store.timeline(incident().id)).map(line => line.kind)

const ways = async () =>
  (await running.gateway.store.timeline(incident().id)).filter(({ kind }) => kind === 'talkWay').map(({ data }) => data)

it('C rings the household; both hear each other; M mutes, ⌫ hangs up; it is on record and evidence', {
  timeout: 180_000
}, async () => {
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const caller = await createTelephone({ server, number: '6650147', asserted: true })
  cleanups.push(() => caller.close())
  await (await caller.press({ hangUpAfterMs: 300 })).ended
  await page.locator('.queue-row').first().waitFor()
  await page.keyboard.press('Space')
  await until('it is acknowledged', () => incident().owner !== undefined, WAIT_MS)
  const strip = page.locator('.talk')
  await strip.getByRole('button', { name: '回拨' }).waitFor()
  await until('baresip is there', () => screen !== '', WAIT_MS)
  // A microphone that is not allowed says what to do next, and nobody is rung.
  await page.evaluate(`window.allowed = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))`)
  await page.keyboard.press('KeyC')
  await strip.getByText('把麦克风改为“允许”').waitFor()
  expect(await lines()).not.toContain('calledBack')
  await look('talk-microphone-zh')
  await page.evaluate('navigator.mediaDevices.getUserMedia = window.allowed')
  await page.keyboard.press('KeyC')
  // No single second: a busy page shows some of them late and some never.
  await strip
    .getByText(/通话中 (0:0[2-9]|0:[1-5]\d|[1-9]:\d\d)/)
    .waitFor({ timeout: WAIT_MS })
    .catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await strip.textContent()}\n${screen.slice(-2_000)}`)
    })
  await until('the household is heard', async () => Math.abs((await loudest('webrtc')) - HOUSEHOLD_HZ) < 40, WAIT_MS)
  await strip.locator('.talk-way').getByText('WebRTC').waitFor()
  await expect.poll(() => page.evaluate('window.rtc'), { timeout: WAIT_MS }).toBe('connected')
  await look('talk-zh')
  await page.keyboard.press('KeyM')
  await strip.getByRole('button', { name: '取消静音' }).waitFor()
  // A slip of the key cuts nobody off.
  await page.keyboard.press('Backspace')
  await strip.getByRole('button', { name: '取消静音' }).waitFor()
  await hangUp()
  await strip.getByText('已挂断').waitFor()
  const item = await until('it is evidence', () => incident().evidence.findLast(e => e.codec === 'alaw'), WAIT_MS)
  const wav = join(evidenceDir, item.file ?? '')
  expect([toneOf(wav, 0), toneOf(wav, 1)]).toEqual([HOUSEHOLD_HZ, OPERATOR_HZ])
  // What baresip decoded, in its own file.
  await baresipHeardTheOperator([])
  await expect.poll(lines, { timeout: WAIT_MS }).toEqual(expect.arrayContaining(['calledBack', 'callEnded']))
  expect(await ways()).toEqual([{ talkWay: 'webrtc' }])
  const [first, second] = (await running.gateway.store.auditTail(50))
    .filter(entry => entry.object === `incident:${incident().number}` && entry.detail?.to !== undefined)
    .map(entry => entry.detail?.to)
  expect([first, second]).toEqual(['陈桂芳 ****147', undefined])
  await look('talk-over-zh')
})

it('where no UDP passes the WebSocket carries the call, and says so', async () => {
  await page.evaluate('window.noUdp = true')
  const strip = page.locator('.talk')
  const known = readdirSync(phoneDir)
  await page.keyboard.press('KeyC')
  await strip.locator('.talk-way').getByText('WebSocket').waitFor({ timeout: WAIT_MS })
  await until('the household is heard', async () => Math.abs((await loudest('websocket')) - HOUSEHOLD_HZ) < 40, WAIT_MS)
  await look('talk-websocket-zh')
  await hangUp()
  await strip.getByText('已挂断').waitFor()
  await until('it is stated', async () => (await ways()).length === 2, WAIT_MS)
  expect((await ways()).at(-1)).toEqual({ talkWay: 'websocket', wayWhy: 'late' })
  await baresipHeardTheOperator(known)
  await page.evaluate('window.noUdp = false')
})

it('⇧C and a digit ring a contact; the card and the story say who was told, by what and when', {
  timeout: 120_000
}, async () => {
  const strip = page.locator('.talk')
  const card = page.getByRole('region', { name: '联系人' })
  await card.getByText('陈明').waitFor()
  await page.keyboard.press('Shift+KeyC')
  const menu = page.getByRole('dialog', { name: '呼叫哪位联系人' })
  await menu.getByText('陈明 儿子 · 还没有通知').waitFor()
  await look('talk-contact-menu-zh')
  await page.keyboard.press('Digit1')
  await menu.waitFor({ state: 'detached' })
  await strip.getByText('通话中').waitFor({ timeout: WAIT_MS })
  await strip.getByText('陈明', { exact: true }).waitFor()
  // One call a person: the second says so.
  await page.keyboard.press('Shift+KeyC')
  await page.keyboard.press('Digit1')
  await menu.getByRole('alert').getByText('你已在通话中').waitFor()
  await look('talk-contact-busy-zh')
  await page.keyboard.press('Escape')
  await menu.waitFor({ state: 'detached' })
  await hangUp()
  await card.getByText(/电话：通话 \d+ 秒/).waitFor()
  const told = await until(
    'its end is on record',
    async () => (await running.gateway.store.timeline(incident().id)).findLast(({ data }) => data.relation === '儿子'),
    WAIT_MS
  )
  expect(told).toMatchObject({ kind: 'callEnded', data: { callEnd: 'talked', name: '陈明' } })
  await page.locator('.story').getByText('与联系人 陈明（儿子）通话').waitFor()
  await look('talk-contact-zh')
  await speak(page, 'en')
  await page.locator('.queue-row').first().click()
  await page.getByRole('button', { name: 'Call 陈明' }).waitFor()
  await look('talk-contact-en')
  await speak(page, 'zh-CN')
  await page.locator('.queue-row').first().click()
  await strip.getByRole('button', { name: '回拨' }).waitFor()
})

it('under duress it says what a call means, and calls only when that is confirmed', async () => {
  const before = screen.length
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const caller = await createTelephone({ server, number: '6650147', asserted: true })
  cleanups.push(() => caller.close())
  // It hangs up once its digit has been understood, however long that takes here.
  const call = await caller.press({ digits: '9', hangUpAfterMs: 120_000 })
  await until('it is duress', () => incident().duress, WAIT_MS)
  call.hangUp()
  await call.ended
  const strip = page.locator('.talk')
  await until(
    'the warning is there',
    async () => {
      if (!(await strip.getByText('施暴者会听到').isVisible())) await page.keyboard.press('KeyC')
      return strip.getByText('施暴者会听到').isVisible()
    },
    WAIT_MS
  )
  await look('talk-duress-zh')
  expect(screen.slice(before)).not.toContain('Incoming')
  // Esc is its no: the incident stays open.
  await page.keyboard.press('Escape')
  await strip.getByText('施暴者会听到').waitFor({ state: 'detached' })
  await page.keyboard.press('KeyC')
  await strip.getByText('施暴者会听到').waitFor()
  await page.keyboard.press('Backspace')
  await strip.getByText('施暴者会听到').waitFor({ state: 'detached' })
  const refused = await page.evaluate<number>(
    `fetch('/api/incidents/${incident().id}/talk', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"number":"6650147"}' }).then(r => r.status)`
  )
  expect(refused).toBe(409)
  // A bounce of the key confirms nothing, and the question does not stand for ever.
  await page.evaluate(
    `for (let n = 0; n < 2; n++) document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyC', key: 'c', bubbles: true, cancelable: true }))`
  )
  await strip.getByText('没有确认，未回拨').waitFor()
  await look('talk-lapsed-zh')
  expect(screen.slice(before)).not.toContain('Incoming')
  await page.keyboard.press('KeyC')
  await pressUntil(strip.getByRole('button', { name: '仍要回拨' }), strip.getByText('通话中'))
  await strip.getByRole('button', { name: '挂断' }).click()
  await strip.getByText('已挂断').waitFor()
  await speak(page, 'en')
  await page.locator('.queue-row').first().click()
  await strip.getByRole('button', { name: 'Call back' }).click()
  await strip.getByText('whoever forces the caller').waitFor()
  await look('talk-duress-en')
})
