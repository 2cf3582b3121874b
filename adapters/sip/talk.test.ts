/** A call-back: a console speaks and hears through the voice thread; ringing, answer and end are told; both sides are recorded, each in its channel. */
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import { type EvidenceId, type IncidentId, id, type SourceId, type UserId } from '../../gateway/core/brand.ts'
import type { CallEnd } from '../../gateway/core/placed-call.ts'
import type { VoiceKeeper, VoiceOutcome, VoiceRecording } from '../../gateway/core/voice.ts'
import { systemTestClock } from '../../gateway/testing/fake-host.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { parseMessage, type SipRequest, serialize } from './frame.ts'
import { say } from './simulated-voice.ts'
import { sdp, startAdapter } from './testing.ts'

const WAV_HEAD = 58
const LINE = id<EvidenceId>('voice-00000000-0000-4000-8000-000000000007')
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const tone = (hz: number, seconds: number) =>
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `sine=f=${hz}:r=8000:d=${seconds}`, '-ac', '1', '-f', 'alaw', '-']
  ])

/** A telephone that is rung: it rings, and does what it is told. */
async function household(says: Buffer) {
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

async function callBack(says = tone(700, 4)) {
  const phone = await household(says)
  const kept: { recording: VoiceRecording; outcome: VoiceOutcome }[] = []
  const begun: VoiceRecording[] = []
  const voice: VoiceKeeper = {
    dir: tempDir('talk'),
    begin: each => void begun.push(each),
    end: async (recording, outcome) => void kept.push({ recording, outcome })
  }
  const trunks = [{ name: 'exchange', address: '127.0.0.1', port: phone.port, maxPlaced: 2 }]
  const adapter = await startAdapter({ trunks }, { voice })
  cleanups.push(adapter.stop)
  const ends: CallEnd[] = []
  const call = adapter.place(
    {
      ...{ number: '6650147', ringMs: 20_000, speech: { pieces: [], repeat: false } },
      talk: { id: LINE, sourceId: id<SourceId>('sip:6650147'), incidentId: id<IncidentId>('i-1') }
    },
    {
      ...{ ringing: () => {}, answered: () => {}, digit: () => {}, spoken: () => {} },
      ended: end => void ends.push(end)
    }
  )
  const ticket = await until('a ticket', () => adapter.voice?.ticket(LINE, 'talk', id<UserId>('u')))
  return { phone, adapter, call, ends, ticket, kept, begun, dir: voice.dir }
}

function desk({ port, ticket }: { readonly port: number; readonly ticket: string }) {
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

/** How loud a frequency is in A-law, by ffmpeg: dB below full. */
function loudness(alaw: Buffer, hz: number): number {
  const filter = `bandpass=f=${hz}:width_type=h:w=60,astats=measure_perchannel=none`
  const args = ['-f', 'alaw', '-ar', '8000', '-ac', '1', '-i', '-', '-af', filter, '-f', 'null', '-']
  const { stderr } = spawnLoud(args, alaw)
  return Number(/RMS level dB: (-?[\d.]+|-inf)/.exec(stderr)?.[1]?.replace('-inf', '-200'))
}
function spawnLoud(args: readonly string[], input: Buffer): { readonly stderr: string } {
  const out = execFileSync('sh', ['-c', `ffmpeg -hide_banner ${args.map(a => `'${a}'`).join(' ')} 2>&1`], { input })
  return { stderr: out.toString() }
}

it('both hear each other; the recording has the household left and the console right', {
  timeout: 30_000
}, async () => {
  const { phone, ticket, ends, kept, begun, dir } = await callBack()
  const operator = desk(ticket)
  operator.speak(tone(1_300, 6))
  await phone.ring()
  await until('it rings', () => operator.words.some(word => 'state' in word && word.state === 'ringing'))
  expect([begun, phone.heard().length]).toEqual([[], 0])
  await phone.pickUp()
  await until('it is answered', () => operator.words.some(word => 'state' in word && word.state === 'answered'))
  await until('both heard two seconds', () => operator.heard().length > 16_000 && phone.heard().length > 16_000)
  expect(begun).toMatchObject([{ id: LINE, incidentId: 'i-1' }])
  operator.socket.send('{"type":"hangUp"}')
  await operator.closed
  expect(operator.words.at(-1)).toEqual({ type: 'ended', why: 'byUs' })
  await until('it is hung up', () => phone.seen.includes('BYE'))
  expect(ends).toEqual(['byUs'])
  expect(loudness(operator.heard(), 700) - loudness(operator.heard(), 1_300)).toBeGreaterThan(20)
  expect(loudness(phone.heard(), 1_300) - loudness(phone.heard(), 700)).toBeGreaterThan(20)
  const { outcome } = await until('it is kept', () => kept[0])
  const wav = readFileSync(join(dir, outcome.file?.file ?? ''))
  expect(wav.readUInt16LE(22)).toBe(2)
  const both = wav.subarray(WAV_HEAD)
  const [left, right] = [0, 1].map(channel => Buffer.from(both.filter((_, at) => at % 2 === channel)))
  if (!left || !right) throw new Error('two channels')
  expect(loudness(left, 700) - loudness(left, 1_300)).toBeGreaterThan(20)
  expect(loudness(right, 1_300) - loudness(right, 700)).toBeGreaterThan(20)
})

it.each([
  [486, 'busy'],
  [603, 'declined'],
  [404, 'unreachable']
])('%i is told as %s; nothing is kept of a call that nobody answered', async (status, why) => {
  const { phone, ticket, kept, begun, dir } = await callBack()
  const operator = desk(ticket)
  await until('the console is there', () => operator.words.length > 0)
  await phone.refuse(status)
  await operator.closed
  expect(operator.words.at(-1)).toEqual({ type: 'ended', why })
  await until('nothing is left', () => execFileSync('ls', [dir]).toString() === '')
  expect([kept, begun]).toEqual([[], []])
})

it('a console that is gone has hung up', async () => {
  const { phone, ticket, ends } = await callBack()
  const operator = desk(ticket)
  await phone.ring()
  await phone.pickUp()
  await until('it is answered', () => operator.words.some(word => 'state' in word && word.state === 'answered'))
  operator.socket.terminate()
  await until('it is hung up', () => phone.seen.includes('BYE'))
  expect(ends).toEqual(['byUs'])
})
