/** What the tests of call-backs share: a telephone that is rung, a console without a page, tones and how loud they are. */
import { execFile, execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { promisify } from 'node:util'
import WebSocket from 'ws'
import { systemTestClock } from '../../../gateway/testing/fake-host.ts'
import { until } from '../../../gateway/testing/wait.ts'
import { parseMessage, type SipRequest, serialize } from '../frame.ts'
import { say } from '../simulated-voice.ts'
import { sdp } from '../testing.ts'

type Cleanups = (() => unknown)[]

export const tone = (hz: number, seconds: number) =>
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `sine=f=${hz}:r=8000:d=${seconds}`, '-ac', '1', '-f', 'alaw', '-']
  ])

/** A telephone that is rung: it rings, and does what it is told. */
export async function rungTelephone(says: Buffer, cleanups: Cleanups) {
  const [sip, rtp] = await Promise.all(
    ['sip', 'rtp'].map(async () => {
      const socket = createSocket('udp4')
      await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
      cleanups.push(() => new Promise<void>(resolve => socket.close(() => resolve())))
      return socket
    })
  )
  if (!sip || !rtp) throw new Error('two sockets')
  const heard: Buffer[] = []
  rtp.on('message', packet => void heard.push(packet.subarray(12)))
  let invite: SipRequest | undefined
  let from = { address: '', port: 0 }
  const seen: string[] = []
  const answer = (request: SipRequest, status: number, body = '') => {
    const kept = request.headers.filter(h => ['via', 'from', 'call-id', 'cseq'].includes(h.name))
    const to = { name: 'to', value: `${request.headers.find(h => h.name === 'to')?.value};tag=them` }
    const more = body === '' ? [] : [{ name: 'content-type', value: 'application/sdp' }]
    const contact = { name: 'contact', value: `<sip:6650147@127.0.0.1:${sip.address().port}>` }
    const headers = [...kept, to, contact, ...more]
    const response = {
      kind: 'response',
      version: 'SIP/2.0',
      status,
      reason: 'as told',
      headers,
      body: Buffer.from(body)
    } as const
    sip.send(serialize(response), from.port, from.address)
  }
  sip.on('message', (bytes, peer) => {
    const message = parseMessage(bytes)
    if (!message.ok || message.value.kind !== 'request') return
    const request = message.value
    from = peer
    seen.push(request.method)
    if (request.method === 'INVITE') invite = request
    else if (request.method !== 'ACK') answer(request, 200)
  })
  const ring = async () => answer(await until('an INVITE', () => invite), 180)
  return {
    port: sip.address().port,
    heard: () => Buffer.concat(heard),
    seen,
    ring,
    refuse: async (status: number) => answer(await until('an INVITE', () => invite), status),
    async pickUp() {
      const request = await until('an INVITE', () => invite)
      answer(request, 200, sdp(rtp.address().port, '8'))
      const port = Number(/^m=audio (\d+)/m.exec(request.body.toString())?.[1])
      cleanups.push(say(says, systemTestClock, packet => rtp.send(packet, port, '127.0.0.1')))
    }
  }
}

export function desk({ port, ticket }: { readonly port: number; readonly ticket: string }, cleanups: Cleanups) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/voice`)
  const heard: Buffer[] = []
  const words: object[] = []
  socket.on('open', () => socket.send(JSON.stringify({ ticket })))
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) heard.push(data)
    else words.push(JSON.parse(data.toString()))
  })
  socket.on('error', () => {})
  cleanups.push(() => socket.terminate())
  const speak = (alaw: Buffer) => {
    let at = 0
    const stop = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN || at >= alaw.length) return
      socket.send(alaw.subarray(at, at + 160))
      at += 160
    }, 20)
    cleanups.push(() => clearInterval(stop))
  }
  return { socket, words, heard: () => Buffer.concat(heard), speak, closed: new Promise(r => socket.once('close', r)) }
}

/** How loud a frequency is in A-law, by ffmpeg: dB below full. Who speaks in this process goes on meanwhile. */
export async function loudness(alaw: Buffer, hz: number): Promise<number> {
  const filter = `bandpass=f=${hz}:width_type=h:w=60,astats=measure_perchannel=none`
  const args = ['-hide_banner', '-f', 'alaw', '-ar', '8000', '-ac', '1', '-i', '-', '-af', filter, '-f', 'null', '-']
  const running = promisify(execFile)('ffmpeg', args)
  running.child.stdin?.end(alaw)
  return Number(/RMS level dB: (-?[\d.]+|-inf)/.exec((await running).stderr)?.[1]?.replace('-inf', '-200'))
}
