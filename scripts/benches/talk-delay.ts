/**
 * A call-back by WebRTC and by WebSocket, one after the other in the same Chromium: how long until the way is there, and from mouth to ear
 * each way, by tones of 100 ms. The console's own code talks, the telephone is a socket of this process; sound cards are not in it.
 * Usage: scripts/bench talk-delay [--tones N]
 */
import { createSocket, type Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { alawToLinear, linearToAlaw } from '../../adapters/kit/g711.ts'
import { parseMessage, type SipRequest, serialize } from '../../adapters/sip/frame.ts'
import { formatRtp, parseRtp } from '../../adapters/sip/rtp.ts'
import { sdp, startAdapter } from '../../adapters/sip/testing.ts'
import { type EvidenceId, type IncidentId, id, type SourceId, type UserId } from '../../gateway/core/brand.ts'
import { until } from '../../gateway/testing/wait.ts'
import { option, report } from './kit.ts'

const TONES = option('tones', 20)
const TONE_STEPS = 5
const PAUSE_MS = 600
const LOUD = 3_000
const ROOT = join(import.meta.dirname, '../..')
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  '--autoplay-policy=no-user-gesture-required'
]
const LINE = id<EvidenceId>('voice-00000000-0000-4000-8000-000000000009')

/** The mouth is a tone that is let through, the ear an analyser beside the loudspeaker. */
const PAGE = `<!doctype html><meta charset="utf-8"><script>
window.heard = []
const listen = (context, connect) => {
  const ear = new AnalyserNode(context, { fftSize: 32 })
  connect(ear)
  const seen = new Float32Array(32)
  let quietSince = 0
  setInterval(() => {
    ear.getFloatTimeDomainData(seen)
    const now = Date.now()
    if (Math.max(...seen) < 0.1) return
    if (now - quietSince > 250) heard.push(now)
    quietSince = now
  }, 3)
}
navigator.mediaDevices.getUserMedia = async () => {
  const context = window.mouth = new AudioContext({ latencyHint: 'interactive' })
  const tone = new OscillatorNode(context, { frequency: 1000 })
  const gate = window.gate = new GainNode(context, { gain: 0 })
  const out = new MediaStreamAudioDestinationNode(context)
  tone.connect(gate).connect(out)
  tone.start()
  return out.stream
}
window.click = () => {
  gate.gain.setValueAtTime(0.8, mouth.currentTime)
  gate.gain.setValueAtTime(0, mouth.currentTime + 0.1)
  return Date.now()
}
const connect = AudioNode.prototype.connect
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode && !window.byRtc) listen(this.context, ear => connect.call(this, ear))
  return connect.call(this, to, ...more)
}
const remote = RTCPeerConnection.prototype.setRemoteDescription
RTCPeerConnection.prototype.setRemoteDescription = function (answer) {
  this.addEventListener('track', ({ track }) => {
    const context = new AudioContext({ latencyHint: 'interactive' })
    listen(context, ear => context.createMediaStreamSource(new MediaStream([track])).connect(ear))
  })
  return remote.call(this, answer)
}
const send = WebSocket.prototype.send
WebSocket.prototype.send = function (data) {
  if (typeof data === 'string' && data.includes('"offer"')) window.offeredMs = performance.now()
  if (typeof data === 'string' && data.includes('"ticket"')) window.cameMs = performance.now()
  return send.call(this, data)
}
</script><script type="module">
import { callBack } from '/talk.js'
window.begin = byRtc => {
  window.byRtc = byRtc
  if (!byRtc) delete window.RTCPeerConnection
  window.talk = callBack({ incidentId: 'i', number: '6650147' }, state => {
    window.state = state
    if (state.way && !window.wayMs) window.wayMs = performance.now()
  })
}
window.ready = true
</script>`

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  return socket
}

/** It answers at once, and tells when it hears a tone. */
async function telephone() {
  const [sip, rtp] = [await bound(), await bound()]
  const heard: number[] = []
  let loudMs = 0
  let toneSteps = 0
  let toldMs = 0
  rtp.on('message', bytes => {
    const payload = parseRtp(bytes)?.payload ?? Buffer.alloc(0)
    if (!payload.some(byte => alawToLinear(byte) > LOUD)) return
    const now = Date.now()
    if (now - loudMs > 250) heard.push(now)
    loudMs = now
  })
  const silence = Buffer.alloc(160, 0xd5)
  const tone = Buffer.from(
    Array.from({ length: 160 }, (_, n) => linearToAlaw(Math.round(20_000 * Math.sin((Math.PI * n) / 4))))
  )
  let stop: (() => void) | undefined
  const talk = (port: number) => {
    const begunMs = performance.now()
    let sequence = 0
    const timer = setInterval(() => {
      for (; sequence * 20 < performance.now() - begunMs; sequence++) {
        if (toneSteps === TONE_STEPS) toldMs = Date.now()
        const payload = toneSteps > 0 ? tone : silence
        if (toneSteps > 0) toneSteps--
        const head = { payloadType: 8, marker: false, sequence, timestamp: sequence * 160, ssrc: 77 }
        rtp.send(formatRtp({ ...head, payload }), port, '127.0.0.1')
      }
    }, 5)
    stop = () => clearInterval(timer)
  }
  sip.on('message', (bytes, from) => {
    const message = parseMessage(bytes)
    if (!message.ok || message.value.kind !== 'request' || message.value.method === 'ACK') return
    const invite = message.value.method === 'INVITE'
    sip.send(answer(message.value, invite ? sdp(rtp.address().port, '8') : ''), from.port, from.address)
    // Once: a busy machine's INVITE comes again.
    if (invite && !stop) talk(Number(/^m=audio (\d+)/m.exec(message.value.body.toString())?.[1]))
    else if (!invite) stop?.()
  })
  const say = async (): Promise<number> => {
    toldMs = 0
    toneSteps = TONE_STEPS
    return until('the tone is on its way', () => toldMs || undefined)
  }
  return { port: sip.address().port, heard, say, close: () => [stop?.(), sip.close(), rtp.close()] }
}

function answer(request: SipRequest, body: string): Buffer {
  const kept = request.headers.filter(h => ['via', 'from', 'call-id', 'cseq'].includes(h.name))
  const to = { name: 'to', value: `${request.headers.find(h => h.name === 'to')?.value};tag=them` }
  const more = body === '' ? [] : [{ name: 'content-type', value: 'application/sdp' }]
  const contact = { name: 'contact', value: '<sip:6650147@127.0.0.1>' }
  const headers = [...kept, to, contact, ...more]
  return serialize({
    ...{ kind: 'response', version: 'SIP/2.0', status: 200, reason: 'OK', headers, body: Buffer.from(body) }
  })
}

async function bundle(): Promise<string> {
  const build = await rolldown({ input: join(ROOT, 'web-console/src/voice/talk-line.ts'), platform: 'browser' })
  const { output } = await build.generate({ format: 'esm' })
  return output[0].code
}

const middle = (values: readonly number[], part = 0.5): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN

/** Each tone is heard once, by the first time after it was said. */
async function delays(heard: () => Promise<readonly number[]>, tell: () => Promise<number>): Promise<number[]> {
  const found: number[] = []
  for (let n = 0; n < TONES; n++) {
    const before = (await heard()).length
    const saidMs = await tell()
    const at = await until('the tone is heard', async () => (await heard())[before])
    found.push(at - saidMs)
    await sleep(PAUSE_MS)
  }
  return found
}

async function measure(page: Page, byRtc: boolean, phone: Awaited<ReturnType<typeof telephone>>) {
  await page.evaluate(`begin(${byRtc})`)
  const way = byRtc ? 'webrtc' : 'websocket'
  await page.waitForFunction(`window.state?.way === '${way}'`)
  const wayMs = await page.evaluate<number>(`wayMs - ${byRtc ? 'offeredMs' : 'cameMs'}`)
  await sleep(2_000)
  const said = await delays(
    async () => phone.heard,
    () => page.evaluate<number>('click()')
  )
  const heard = await delays(() => page.evaluate<number[]>('heard'), phone.say)
  await page.evaluate('talk.hangUp()')
  return { wayMs, said, heard }
}

const code = await bundle()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
const figures: Record<string, number> = { tones: TONES }
try {
  for (const byRtc of [true, false]) {
    const phone = await telephone()
    const trunks = [{ name: 'exchange', address: '127.0.0.1', port: phone.port, maxPlaced: 2 }]
    const adapter = await startAdapter({ trunks })
    const server = createServer(async (request, response) => {
      const file = request.url ?? '/'
      response.setHeader(
        'Content-Type',
        file === '/' ? 'text/html' : file.endsWith('.js') ? 'text/javascript' : 'application/json'
      )
      if (file === '/talk.js') return response.end(code)
      if (file === '/voice-worklet.js') return response.end(readFileSync(join(ROOT, 'web-console/public', file)))
      if (file === '/') return response.end(PAGE)
      // A browser asks for more than it is told.
      if (request.method !== 'POST') return response.writeHead(404).end()
      const nothing = () => undefined
      adapter.place(
        {
          ...{ number: '6650147', ringMs: 20_000, speech: { pieces: [], repeat: false } },
          talk: { id: LINE, sourceId: id<SourceId>('sip:6650147'), incidentId: id<IncidentId>('i') }
        },
        { ringing: nothing, answered: nothing, digit: nothing, spoken: nothing, ended: nothing }
      )
      const ticket = await until('a ticket', () => adapter.voice?.ticket(LINE, 'talk', id<UserId>('u')))
      return response.end(JSON.stringify({ recording: LINE, ticket }))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    const page = await browser.newPage()
    page.on('pageerror', error => process.stderr.write(`${error.message}\n`))
    await page.goto(`http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}/`)
    await page.waitForFunction('window.ready')
    const { wayMs, said, heard } = await measure(page, byRtc, phone)
    const name = byRtc ? 'webrtc' : 'websocket'
    figures[`${name}UpMs`] = Math.round(wayMs)
    figures[`${name}MouthToTelephoneMs`] = middle(said)
    figures[`${name}MouthToTelephoneP90Ms`] = middle(said, 0.9)
    figures[`${name}TelephoneToEarMs`] = middle(heard)
    figures[`${name}TelephoneToEarP90Ms`] = middle(heard, 0.9)
    await page.close()
    server.close()
    await adapter.stop()
    phone.close()
  }
} finally {
  await browser.close()
}
report({
  bench: 'talk-delay',
  figures,
  goals: { webrtcUpMs: { max: 2_000 }, webrtcMouthToTelephoneMs: { max: 150 }, webrtcTelephoneToEarMs: { max: 150 } }
})
process.exit()
