/** Neighbours of the fake server answer in every way there is; whoever is taken into a call joins it at once. */
import { id } from '../../gateway/core/brand.ts'
import { applyCallout, type Callout, type CalloutChange, type Household } from '../../gateway/core/callout.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Incident } from '../../gateway/core/incident.ts'
import { isOpen } from '../../gateway/core/lifecycle.ts'
import type { VoiceParty } from '../../gateway/core/voice-party.ts'

const NAMES = ['吴国平', '林桂英', '郑志强', '叶美珍', '周明辉', '缪秀琴', '何文斌', '黄丽娟', '谢德昌']
const HOUSEHOLDS: readonly Household[] = NAMES.map((name, n) => ({
  subjectId: id<never>(`neighbour-${n + 1}`),
  name,
  address: `杏花巷 ${n + 20} 号`,
  number: `665012${n}`
}))

function change(incident: Incident, callout: Callout | undefined, what: CalloutChange): Callout {
  const outcome = applyCallout({ callout, duress: incident.duress, open: isOpen(incident) }, what, Date.now())
  if (!outcome.ok) throw new GatewayError(outcome.code, { why: outcome.why })
  return outcome.callout
}

export function fakeCallout(incident: Incident): Callout {
  const message = incident.nature === 'violence' ? 'guard' : 'help'
  const subjectIds = HOUSEHOLDS.map(h => h.subjectId)
  const [first, second, third, fourth, fifth, sixth] = subjectIds as [never, never, never, never, never, never]
  const againAtMs = Date.now() + 15_000
  const changes: readonly CalloutChange[] = [
    { what: 'start', by: 'operator', message, households: HOUSEHOLDS },
    { what: 'attempt', subjectIds },
    { what: 'answered', subjectId: first },
    { what: 'answered', subjectId: third },
    { what: 'said', subjectId: first, state: message === 'guard' ? 'warned' : 'going' },
    { what: 'said', subjectId: second, state: message === 'guard' ? 'warned' : 'cannot' },
    { what: 'hungUp', subjectId: fourth, end: 'busy', againAtMs },
    { what: 'hungUp', subjectId: fifth, end: 'noAnswer', againAtMs },
    { what: 'hungUp', subjectId: sixth, end: 'unreachable' }
  ]
  return changes.reduce<Callout | undefined>((callout, what) => change(incident, callout, what), undefined) as Callout
}

export const fakeCalloutEnd = (incident: Incident): Callout =>
  change(incident, incident.callout, { what: 'end', end: 'operator' })

export const withParty = ({ parties = [] }: Incident, name: string): readonly VoiceParty[] => [
  ...parties,
  { id: `party-${parties.length}`, name, state: 'joined', atMs: Date.now() }
]

export const withoutParty = ({ parties = [] }: Incident, party: string): readonly VoiceParty[] =>
  parties.map(each => (each.id === party ? { ...each, state: 'left', end: 'byUs', atMs: Date.now() } : each))
