/** Who may be taken into a call, and what the record says of it. */
import { expect, test } from 'vitest'
import { applyParty, type VoiceParty } from './voice-party.ts'

const ask = (name: string, parties: readonly VoiceParty[] = [], over = {}) =>
  applyParty({ parties, duress: false, open: true, ...over }, { what: 'ask', party: `id-${name}`, name }, 1)

const ringing = (...names: string[]): readonly VoiceParty[] =>
  names.reduce<readonly VoiceParty[]>((parties, name) => {
    const outcome = ask(name, parties)
    if (!outcome.ok) throw new Error(outcome.why)
    return outcome.parties
  }, [])

test('duress, an end, the same twice and a fifth are refused', () => {
  expect(ask('110', [], { duress: true })).toEqual({ ok: false, why: 'duress: nobody else may be heard there' })
  expect(ask('110', [], { open: false })).toEqual({ ok: false, why: 'the incident is over' })
  expect(ask('110', ringing('110'))).toEqual({ ok: false, why: 'this party is in the call already' })
  expect(ask('u1', ringing('110', '119', '120', '12345'))).toEqual({
    ok: false,
    why: 'no more parties fit into the call'
  })
})

test('rings, joins, leaves with its reason, once; then it may be asked again', () => {
  const asked = ringing('110')
  const state = { duress: true, open: false }
  const joined = applyParty({ ...state, parties: asked }, { what: 'joined', party: 'id-110' }, 2)
  if (!joined.ok) throw new Error(joined.why)
  expect(joined.line).toEqual({ kind: 'partyJoined', data: { name: '110' } })
  // What a call says is put down whatever has become of the incident.
  const left = applyParty({ ...state, parties: joined.parties }, { what: 'left', party: 'id-110', end: 'byThem' }, 3)
  if (!left.ok) throw new Error(left.why)
  expect(left.parties).toEqual([{ id: 'id-110', name: '110', state: 'left', end: 'byThem', atMs: 3 }])
  expect(left.line).toEqual({ kind: 'partyLeft', data: { name: '110', callEnd: 'byThem' } })
  expect(applyParty({ ...state, parties: left.parties }, { what: 'left', party: 'id-110', end: 'byUs' }, 4).ok).toBe(
    false
  )
  expect(ask('110', left.parties).ok).toBe(true)
})

test('of those who left only the newest stay', () => {
  let parties: readonly VoiceParty[] = []
  for (let n = 0; n < 20; n++) {
    const outcome = ask(`unit ${n}`, parties)
    if (!outcome.ok) throw new Error(outcome.why)
    const left = applyParty(
      { parties: outcome.parties, duress: false, open: true },
      { what: 'left', party: `id-unit ${n}`, end: 'byUs' },
      1
    )
    if (!left.ok) throw new Error(left.why)
    parties = left.parties
  }
  expect(parties.map(p => p.name).at(-1)).toBe('unit 19')
  expect(parties.length).toBeLessThanOrEqual(7)
})
