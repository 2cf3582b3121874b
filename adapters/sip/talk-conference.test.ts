/** The operator, a household and 110 in one call, end to end: by its tone each is heard by both others, and by itself not; also in the evidence. */
import { readFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type EvidenceId, type IncidentId, id, type SourceId, type UserId } from '../../gateway/core/brand.ts'
import type { CallEnd } from '../../gateway/core/placed-call.ts'
import type { VoiceOutcome, VoiceRecording } from '../../gateway/core/voice.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { desk, loudness, rungTelephone, tone } from './testing/talk.ts'
import { startAdapter } from './testing.ts'

const LINE = id<EvidenceId>('voice-00000000-0000-4000-8000-000000000011')
const INCIDENT = id<IncidentId>('i-1')
const HZ = { household: 700, operator: 1_300, police: 2_100 }
const SECONDS = 120
const WAV_HEAD = 58
const STEADY_BYTES = 12_000
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Which tones are in it: at most 12 dB below the loudest. */
async function heardIn(alaw: Buffer): Promise<string[]> {
  const levels = await Promise.all(
    Object.entries(HZ).map(async ([name, hz]) => ({ name, db: await loudness(alaw, hz) }))
  )
  const most = Math.max(...levels.map(({ db }) => db))
  return levels.filter(({ db }) => db > most - 12 && db > -60).map(({ name }) => name)
}

it('everybody hears both others and not itself; who is left goes on when 110 hangs up', async () => {
  const household = await rungTelephone(tone(HZ.household, SECONDS), cleanups)
  const police = await rungTelephone(tone(HZ.police, SECONDS), cleanups)
  const kept: { recording: VoiceRecording; outcome: VoiceOutcome }[] = []
  const voice = {
    dir: tempDir('talk-conference'),
    begin: () => {},
    end: async (recording: VoiceRecording, outcome: VoiceOutcome) => void kept.push({ recording, outcome })
  }
  const trunk = (name: string, { port }: { readonly port: number }) => ({
    name,
    address: '127.0.0.1',
    port,
    maxPlaced: 1
  })
  const adapter = await startAdapter({ trunks: [trunk('a', household), trunk('b', police)] }, { voice })
  cleanups.push(adapter.stop)
  const ends: string[] = []
  const events = (name: string) => ({
    ...{ ringing: () => {}, answered: () => {}, digit: () => {}, spoken: () => {} },
    ended: (end: CallEnd) => void ends.push(`${name} ${end}`)
  })
  const speech = { pieces: [], repeat: false }
  adapter.place(
    {
      ...{ number: '6650147', ringMs: 20_000, speech },
      talk: { id: LINE, sourceId: id<SourceId>('sip:6650147'), incidentId: INCIDENT }
    },
    events('household')
  )
  const ticket = await until('a ticket', () => adapter.voice?.ticket(LINE, 'talk', id<UserId>('u')))
  const operator = desk(ticket, cleanups)
  operator.speak(tone(HZ.operator, SECONDS))
  await household.pickUp()
  await until('two hear each other', () => household.heard().length > 8_000 && operator.heard().length > 8_000)
  const newest = [household.heard().subarray(-4_000), operator.heard().subarray(-4_000)]
  expect(await Promise.all(newest.map(heardIn))).toEqual([['operator'], ['household']])
  const join = { incidentId: INCIDENT, sources: [] }
  const joined = adapter.place({ number: '110', ringMs: 20_000, speech, join }, events('police'))
  await police.pickUp()
  await until('110 has heard three seconds', () => police.heard().length > 2 * STEADY_BYTES)
  const last = (...parties: { heard(): Buffer }[]) =>
    Promise.all(parties.map(each => heardIn(each.heard().subarray(-STEADY_BYTES))))
  expect(await last(police, household, operator)).toEqual([
    ['household', 'operator'],
    ['operator', 'police'],
    ['household', 'police']
  ])
  joined.hangUp()
  await until('110 is out', () => police.seen.includes('BYE'))
  const [atHousehold, atOperator] = [household.heard().length, operator.heard().length]
  await until('two go on', () => household.heard().length > atHousehold + 2 * STEADY_BYTES)
  expect(operator.heard().length).toBeGreaterThan(atOperator + STEADY_BYTES)
  expect(await last(household, operator)).toEqual([['operator'], ['household']])
  operator.socket.send('{"type":"hangUp"}')
  const { outcome } = await until('it is kept', () => kept.find(({ recording }) => recording.id === LINE))
  expect(ends).toEqual(['police byUs', 'household byUs'])
  // Left what the household said, right what it was given to hear.
  const both = readFileSync(joinPath(voice.dir, outcome.file?.file ?? '')).subarray(WAV_HEAD)
  const [left, right] = [0, 1].map(channel => Buffer.from(both.filter((_, at) => at % 2 === channel)))
  if (!left || !right) throw new Error('two channels')
  expect(await Promise.all([left, right].map(heardIn))).toEqual([['household'], ['operator', 'police']])
})
