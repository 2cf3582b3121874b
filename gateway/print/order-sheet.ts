/** 警情单: one incident on paper, who, where, what, when to the second (to the millisecond in 经过), who went, how it ended. Pure. */
import type { Assignment, Incident, IncidentState } from '../core/incident.ts'
import { hasNobodyThere } from '../core/incident-state.ts'
import type { OrderPrint, PrintMark } from '../core/print.ts'
import type { Block, Sheet } from './sheet.ts'
import { frameOf, given, listed, type SheetWords, stateWord } from './words.ts'

const HASH_CHARS = 16

export function orderSheet(print: OrderPrint, mark: PrintMark, words: SheetWords): Sheet {
  const { say } = words
  return {
    ...frameOf(mark, words),
    ...{ title: say('print:order.title'), subject: print.incident.number },
    blocks: [
      ...warnings(print, words),
      ...alarm(print.incident, words),
      ...person(print, words),
      ...times(print.incident, words),
      ...units(print.incident, words),
      ...handOvers(print.incident, words),
      ...neighbours(print, words),
      ...result(print.incident, words),
      ...evidence(print.incident, words),
      ...timeline(print, words),
      {
        kind: 'signatures',
        names: ['operator', 'leader', 'receiver', 'date'].map(each => say(`print:signature.${each}`))
      }
    ]
  }
}

function warnings({ incident, timeline, withPrivate }: OrderPrint, { say }: SheetWords): readonly Block[] {
  const forced = timeline.some(({ kind, data }) => kind === 'cancelAsked' && data.duress === true)
  const isDuress = incident.duress || incident.alarmClass === 'duress'
  return [
    ...(isDuress ? ['duress'] : []),
    ...(forced ? ['forced'] : []),
    ...(incident.unverified ? ['unverified'] : []),
    ...(withPrivate ? [] : ['withheld'])
  ].map(each => ({ kind: 'warning', text: say(`print:order.${each}`) }))
}

function alarm(incident: Incident, { say, stamp }: SheetWords): readonly Block[] {
  const { category, nature, owner } = incident
  const field = (name: string) => say(`print:field.${name}`)
  return [
    { kind: 'heading', text: say('print:order.alarm') },
    {
      kind: 'facts',
      across: 2,
      rows: given([
        [field('number'), incident.number],
        [field('state'), hasNobodyThere(incident) ? say('words:leftNobody') : stateWord(incident.state, say)],
        [field('opened'), stamp(incident.openedAtMs)],
        [field('priority'), `P${incident.priority}`],
        [field('alarmClass'), say(`words:alarmClass.${incident.alarmClass}`)],
        [field('source'), say(`words:sourceKind.${incident.sourceKind}`)],
        [field('presses'), String(incident.presses)],
        [field('owner'), owner?.name],
        [field('nature'), nature && say(`words:nature.${nature}`)],
        [field('category'), category && named(category, say)],
        [field('version'), String(incident.version)]
      ])
    }
  ]
}

function person({ incident, withPrivate, lastKnown }: OrderPrint, words: SheetWords): readonly Block[] {
  const { say, phone } = words
  const { subject, position } = incident
  const field = (name: string) => say(`print:field.${name}`)
  const contacts = subject.contacts
    ?.map(({ name, relation, phone: number }) => say('print:contact', { name, relation, phone: phone(number) }))
    .join(say('print:semicolon'))
  const place = position && `${position.lat.toFixed(6)}, ${position.lon.toFixed(6)} ${position.datum.toUpperCase()}`
  return [
    { kind: 'heading', text: say('print:order.person') },
    {
      kind: 'facts',
      across: 1,
      rows: given([
        [field('name'), words.called(subject)],
        [field('description'), words.described(subject)],
        [field('address'), words.place(incident)],
        [field('lastKnown'), lastKnown && words.told(lastKnown)],
        [field('firm'), subject.kind === 'vehicle' ? subject.address : undefined],
        [field('grid'), subject.gridCell?.name],
        [field('position'), place],
        ...(withPrivate
          ? ([
              [field('phone'), subject.phone && phone(subject.phone)],
              [field('medical'), subject.medicalNote],
              [field('access'), subject.accessNote],
              [field('contacts'), contacts]
            ] as const)
          : []),
        [
          field('group'),
          subject.group && say('floor:person.groupOf', { name: subject.group.name, n: subject.group.members })
        ]
      ])
    }
  ]
}

/** As the sheet prints a time: its reader's subtraction agrees. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000

function times(incident: Incident, { say, stamp, span }: SheetWords): readonly Block[] {
  const { openedAtMs, assignments } = incident
  const accepted = assignments.flatMap(({ acceptedAtMs }) => (acceptedAtMs === undefined ? [] : [acceptedAtMs]))
  const steps: readonly (readonly [IncidentState, number | undefined])[] = [
    ['new', openedAtMs],
    ['acknowledged', incident.acknowledgedAtMs],
    ['dispatched', incident.dispatchedAtMs],
    ['enRoute', accepted.length > 0 ? Math.min(...accepted) : undefined],
    ['onScene', incident.onSceneAtMs],
    ['resolved', incident.resolvedAtMs],
    ['closed', incident.closedAtMs]
  ]
  const rows = steps.flatMap(([state, atMs]) =>
    atMs === undefined
      ? []
      : [
          [
            state === 'new' ? say('print:field.opened') : stateWord(state, say),
            stamp(atMs),
            atMs === openedAtMs ? '' : span(wholeSeconds(atMs) - wholeSeconds(openedAtMs))
          ]
        ]
  )
  return listed(
    say('print:order.times'),
    [
      ['step', 3],
      ['time', 4],
      ['since', 3]
    ],
    rows,
    say
  )
}

/** A team's own words; what the record says of an order that ended with it is a code. */
function whyEnded({ reason }: Assignment, say: SheetWords['say']): string | undefined {
  return reason === 'closed' || reason === 'resolved' ? say(`print:order.ended.${reason}`) : reason
}

function units({ assignments }: Incident, { say, clock }: SheetWords): readonly Block[] {
  const rows = assignments
    .toSorted((a, b) => a.offeredAtMs - b.offeredAtMs)
    .map(each => [
      ...[each.unitName, clock(each.offeredAtMs), clock(each.acceptedAtMs), clock(each.arrivedAtMs)],
      ...[
        clock(each.endedAtMs),
        [say(`words:assignment.${each.state}`), whyEnded(each, say)].filter(Boolean).join('：')
      ]
    ])
  return listed(
    say('print:order.units'),
    [
      ['unit', 5],
      ['offered', 3],
      ['accepted', 3],
      ['arrived', 3],
      ['left', 3],
      ['state', 6]
    ],
    rows,
    say
  )
}

function handOvers({ handOvers: all = [] }: Incident, { say, clock }: SheetWords): readonly Block[] {
  if (all.length === 0) return []
  const rows = all.map(each => [
    ...[say(`floor:service.${each.service}`), clock(each.atMs), clock(each.answeredAtMs)],
    [each.state === 'asked' ? say('print:asked') : say(`floor:handOver.state.${each.state}`), each.reason]
      .filter(Boolean)
      .join('：'),
    ...[each.orderNumber ?? '', each.officer ?? '', say(`floor:handOver.lead.${each.lead}`)]
  ])
  return listed(
    say('print:order.handOvers'),
    [
      ['service', 4],
      ['asked', 3],
      ['answered', 3],
      ['state', 4],
      ['orderNumber', 4],
      ['officer', 3],
      ['lead', 3]
    ],
    rows,
    say
  )
}

function neighbours({ incident: { callout } }: OrderPrint, { say, clock }: SheetWords): readonly Block[] {
  if (!callout || callout.neighbours.length === 0) return []
  const rows = callout.neighbours.map(each => [
    ...[each.name, each.address, say(`words:neighbour.${each.state}`), clock(each.atMs)]
  ])
  return listed(
    say('print:order.neighbours'),
    [
      ['name', 3],
      ['address', 6],
      ['state', 3],
      ['time', 3]
    ],
    rows,
    say
  )
}

function result(incident: Incident, { say, stamp }: SheetWords): readonly Block[] {
  const { disposition, facts, feedback, review } = incident
  if (!disposition && !facts && !review) return []
  const field = (name: string) => say(`print:field.${name}`)
  return [
    { kind: 'heading', text: say('print:order.result') },
    {
      kind: 'facts',
      across: 1,
      rows: given([
        [field('disposition'), disposition && say(`words:disposition.${disposition}`)],
        [field('category'), facts && named(facts.category, say)],
        [
          field('harm'),
          facts && say('print:field.harmValue', { injured: facts.injured, dead: facts.dead, loss: facts.lossYuan })
        ],
        [field('feedback'), feedback],
        [field('by'), facts && `${facts.by}　${stamp(facts.atMs)}`],
        [
          field('review'),
          review &&
            say(`print:field.${review.verdict}`, {
              ...{ by: review.by, time: stamp(review.atMs), reason: review.reason ?? '' }
            })
        ]
      ])
    }
  ]
}

function evidence({ evidence: items }: Incident, { say, stamp, clock, madeBy }: SheetWords): readonly Block[] {
  const rows = items
    .filter(({ kind }) => kind !== 'preview')
    .toSorted((a, b) => a.requestedFromMs - b.requestedFromMs)
    .map(each => [
      say(`words:evidence.${each.placed ? 'callBack' : each.kind}`),
      madeBy(each),
      stamp(each.actualFromMs ?? each.requestedFromMs),
      ...[clock(each.actualToMs ?? each.requestedToMs), say(`words:evidenceState.${each.state}`)],
      each.sha256?.slice(0, HASH_CHARS) ?? ''
    ])
  return listed(
    say('print:order.evidence'),
    [
      ['kind', 3],
      ['camera', 6],
      ['from', 5],
      ['to', 3],
      ['state', 3],
      ['hash', 5]
    ],
    rows,
    say
  )
}

function timeline({ timeline: lines }: OrderPrint, { say, line, precise }: SheetWords): readonly Block[] {
  const rows = lines.map(entry => {
    const { who, what } = line(entry)
    return [precise(entry.atMs), who, what]
  })
  return listed(
    say('print:order.timeline'),
    [
      // Date and time to the millisecond stand in one line.
      ['time', 6],
      ['who', 4],
      ['what', 16]
    ],
    rows,
    say
  )
}

const named = ({ zh, en }: { readonly zh: string; readonly en: string }, say: SheetWords['say']): string =>
  say('common:languageIs') === 'en' ? en : zh
