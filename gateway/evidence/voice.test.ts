/** A recorded call that belongs to no incident: kept as a stray once it is sure, and told anew when it is not. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { DocumentRow } from '../core/store.ts'
import type { VoiceOutcome, VoiceRecording } from '../core/voice.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { STRAY } from './strays.ts'
import { createVoiceEvidence } from './voice.ts'

const recording: VoiceRecording = {
  ...{ id: id('voice-1'), sourceId: id('sip:6650147'), eventId: 'e-1', fromMs: 5_000 }
}
const file: NonNullable<VoiceOutcome['file']> = {
  ...{ file: 'voice-1.wav', actualFromMs: 5_000, actualToMs: 6_000, gapMs: 0, gaps: [], codec: 'alaw', bytes: 1 },
  sha256: 'x'
}

function room(found: () => Incident | undefined, ok = true) {
  const clock = createFakeClock(10_000)
  const rows: DocumentRow[] = []
  const steps: unknown[] = []
  const voice = createVoiceEvidence({
    ...{ clock, log: silentLog, dir: '/evidence', ofSource: found, incident: () => undefined },
    ofItem: async () => undefined,
    step: async (_, step) => void steps.push(step),
    commit: async change => {
      if (!ok) return { ok: false, conflict: 'version' }
      rows.push(...(change.documents ?? []))
      return { ok: true, feed: [] }
    }
  })
  /** The half minute in which an incident is looked for. */
  const pass = async () => {
    for (let n = 0; n < 121; n++) {
      await clock.advance(250)
      await settle()
    }
  }
  return { voice, clock, rows, steps, pass }
}

it('is put down as a stray after half a minute, and its journal may go', async () => {
  const { voice, rows, steps, pass } = room(() => undefined)
  const done = voice.end(recording, { file })
  await pass()
  await done
  expect(rows).toEqual([
    { kind: STRAY, key: '000000000005000/voice-1', body: { sourceId: 'sip:6650147', file: 'voice-1.wav' } }
  ])
  expect(steps).toEqual([])
})

it('is evidence when its incident comes within that time', async () => {
  let incident: Incident | undefined
  const { voice, rows, steps, clock, pass } = room(() => incident)
  const done = voice.end(recording, { file })
  await clock.advance(1_000)
  incident = sampleIncident()
  await pass()
  await done
  expect([rows, steps.length]).toEqual([[], 1])
})

it('without a file there is nothing to keep', async () => {
  const { voice, rows, pass } = room(() => undefined)
  const done = voice.end(recording, { failure: 'no voice came from the caller' })
  await pass()
  await done
  expect(rows).toEqual([])
})

it.each(['the gateway stops', 'the store refuses'])('is told anew after the next start when %s', async why => {
  const { voice, rows, pass } = room(() => undefined, why !== 'the store refuses')
  const done = expect(voice.end(recording, { file })).rejects.toThrow()
  if (why === 'the gateway stops') voice.stop()
  await pass()
  await done
  expect(rows).toEqual([])
})

it('a caller whom the gateway named itself is called so in both languages', async () => {
  const base = sampleIncident()
  const named = { ...base.subject, name: '未登记号码 123', nameEn: 'Unregistered number 123' }
  const items = async (subject: typeof base.subject) => {
    const { voice, steps, pass } = room(() => ({ ...base, subject }))
    const done = voice.end(recording, { file })
    await pass()
    await done
    return JSON.stringify(steps)
  }
  expect(await items(named)).toContain('"cameraName":"未登记号码 123","cameraNameEn":"Unregistered number 123"')
  expect(await items(base.subject)).not.toContain('cameraNameEn')
})
