/** A call-back: a console speaks and hears through the voice thread; ringing, answer and end are told; both sides are recorded, each in its channel. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type EvidenceId, type IncidentId, id, type SourceId, type UserId } from '../../gateway/core/brand.ts'
import type { CallEnd } from '../../gateway/core/placed-call.ts'
import type { VoiceKeeper, VoiceOutcome, VoiceRecording } from '../../gateway/core/voice.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { desk, loudness, rungTelephone, tone } from './testing/talk.ts'
import { startAdapter } from './testing.ts'

const WAV_HEAD = 58
const LINE = id<EvidenceId>('voice-00000000-0000-4000-8000-000000000007')
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function callBack(says = tone(700, 60)) {
  const phone = await rungTelephone(says, cleanups)
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

it('both hear each other; the recording has the household left and the console right', async () => {
  const { phone, ticket, ends, kept, begun, dir } = await callBack()
  const operator = desk(ticket, cleanups)
  operator.speak(tone(1_300, 60))
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
  expect((await loudness(operator.heard(), 700)) - (await loudness(operator.heard(), 1_300))).toBeGreaterThan(20)
  expect((await loudness(phone.heard(), 1_300)) - (await loudness(phone.heard(), 700))).toBeGreaterThan(20)
  const { outcome } = await until('it is kept', () => kept[0])
  const wav = readFileSync(join(dir, outcome.file?.file ?? ''))
  expect(wav.readUInt16LE(22)).toBe(2)
  const both = wav.subarray(WAV_HEAD)
  const [left, right] = [0, 1].map(channel => Buffer.from(both.filter((_, at) => at % 2 === channel)))
  if (!left || !right) throw new Error('two channels')
  expect((await loudness(left, 700)) - (await loudness(left, 1_300))).toBeGreaterThan(20)
  expect((await loudness(right, 1_300)) - (await loudness(right, 700))).toBeGreaterThan(20)
})

it.each([
  [486, 'busy'],
  [603, 'declined'],
  [404, 'unreachable']
])('%i is told as %s; nothing is kept of a call that nobody answered', async (status, why) => {
  const { phone, ticket, kept, begun, dir } = await callBack()
  const operator = desk(ticket, cleanups)
  await until('the console is there', () => operator.words.length > 0)
  await phone.refuse(status)
  await operator.closed
  expect(operator.words.at(-1)).toEqual({ type: 'ended', why })
  await until('nothing is left', () => execFileSync('ls', [dir]).toString() === '')
  expect([kept, begun]).toEqual([[], []])
})

it('a console that is gone has hung up', async () => {
  const { phone, ticket, ends } = await callBack()
  const operator = desk(ticket, cleanups)
  await phone.ring()
  await phone.pickUp()
  await until('it is answered', () => operator.words.some(word => 'state' in word && word.state === 'answered'))
  operator.socket.terminate()
  await until('it is hung up', () => phone.seen.includes('BYE'))
  expect(ends).toEqual(['byUs'])
})
