/** 值班日志: one shift on paper, who was on, what came and how it ended, what is left, what was handed over. Pure. */
import type { PrintMark, ShiftPrint } from '../core/print.ts'
import type { ShiftIncidentLine, ShiftLog } from '../core/shift-log.ts'
import type { Block, Sheet } from './sheet.ts'
import { frameOf, listed, type SheetWords, stateWord } from './words.ts'

export function shiftSheet({ log }: ShiftPrint, mark: PrintMark, words: SheetWords): Sheet {
  const { say, stamp } = words
  const span = say('print:shift.span', { from: stamp(log.fromMs), to: stamp(log.toMs) })
  return {
    ...frameOf(mark, words),
    title: say('print:shift.title'),
    subject: [span, log.own && `${say('print:shift.own')} ${log.own}`].filter(Boolean).join(' · '),
    blocks: [
      ...notes(log, words),
      ...counts(log, words),
      ...targets(log, words),
      ...people(log, words),
      ...handOvers(log, words),
      ...(log.withheld ? [] : incidents(log, words)),
      { kind: 'signatures', names: ['operator', 'relief', 'leader'].map(each => say(`print:signature.${each}`)) }
    ]
  }
}

function notes(log: ShiftLog, { say, stamp }: SheetWords): readonly Block[] {
  return [
    ...(log.over ? [] : [say('print:shift.running', { time: stamp(log.madeAtMs) })]),
    ...(log.withheld ? [say('print:shift.withheld')] : []),
    ...(log.leftOff > 0 ? [say('print:shift.leftOff', { n: log.leftOff })] : [])
  ].map(text => ({ kind: 'text', text }))
}

function counts({ counts: lines }: ShiftLog, { say, span }: SheetWords): readonly Block[] {
  const rows = lines.map(({ priority, incidents, falseAlarms, left, answer }) => [
    ...[`P${priority}`, String(incidents), String(falseAlarms), String(left)],
    answer.p90Ms === undefined ? '' : span(answer.p90Ms)
  ])
  const total = (figure: (line: (typeof lines)[number]) => number) =>
    String(lines.reduce((sum, line) => sum + figure(line), 0))
  rows.push([say('reports:total'), total(l => l.incidents), total(l => l.falseAlarms), total(l => l.left), ''])
  return listed(
    say('print:shift.counts'),
    [
      ['priority', 3],
      ['incidents', 3],
      ['falseAlarms', 3],
      ['remaining', 3],
      ['answerP90', 3]
    ],
    rows,
    say
  )
}

const shareText = (share: string, asked: number | undefined, say: SheetWords['say']): string =>
  asked === undefined ? `${share} %` : say('print:share', { share, asked })

function targets({ targets: lines }: ShiftLog, { say, limit }: SheetWords): readonly Block[] {
  const rows = lines
    .filter(({ n }) => n > 0)
    .map(({ priority, measured, withinMs, n, kept, asked }) => [
      ...[`P${priority}`, say(`reports:measured.${measured}`), `≤ ${limit(withinMs)}`, String(n), String(kept)],
      shareText(((100 * kept) / n).toFixed(1), asked, say)
    ])
  return listed(
    say('print:shift.targets'),
    [
      ['priority', 2],
      ['measured', 3],
      ['within', 3],
      ['counted', 2],
      ['kept', 2],
      ['share', 5]
    ],
    rows,
    say
  )
}

function people({ people: lines }: ShiftLog, { say, clock, span }: SheetWords): readonly Block[] {
  const rows = lines.map(({ login, name, seats, cameMs, leftMs, accepted, answer }) => [
    ...[`${login} ${name}`, seats.join(say('common:comma')), clock(cameMs), clock(leftMs), String(accepted)],
    answer.p90Ms === undefined ? '' : span(answer.p90Ms)
  ])
  return listed(
    say('print:shift.people'),
    [
      ['person', 5],
      ['seats', 2],
      ['came', 3],
      ['gone', 3],
      ['taken', 2],
      ['answerP90', 3]
    ],
    rows,
    say
  )
}

function handOvers({ handOvers: lines }: ShiftLog, { say, clock }: SheetWords): readonly Block[] {
  const rows = lines.map(({ atMs, from, to, note, state, moved = [], followUps, reason }) => [
    ...[clock(atMs), `${from.login} ${from.name}`, `${to.login} ${to.name}`],
    [say(`print:handOver.${state}`), reason].filter(Boolean).join(say('print:colon')),
    ...[moved.join(say('common:comma')), String(followUps), note]
  ])
  return listed(
    say('print:shift.handOvers'),
    [
      ['time', 3],
      ['handedFrom', 4],
      ['handedTo', 4],
      ['state', 3],
      ['moved', 4],
      ['followUps', 3],
      ['note', 6]
    ],
    rows,
    say
  )
}

const COLUMNS = [
  ...([
    ['number', 5.2],
    ['opened', 4.3],
    ['type', 4.3],
    ['subject', 6.6],
    ['operator', 4],
    ['answer', 4.4],
    ['result', 5.5]
  ] as const)
] as const

function incidents(log: ShiftLog, words: SheetWords): readonly Block[] {
  const { say } = words
  const rows = (lines: readonly ShiftIncidentLine[]) => lines.map(line => rowOf(line, log, words))
  return [
    ...listed(say('print:shift.left'), COLUMNS, rows(log.incidents.filter(({ left }) => left)), say),
    ...listed(say('print:shift.troubles'), COLUMNS, rows(log.troubles), say),
    ...listed(say('print:shift.incidents'), COLUMNS, rows(log.incidents), say)
  ]
}

/** The time alone in one line: the sheet's heading has its days. What an earlier shift left has its own day with it. */
function openedOf(atMs: number, { fromMs, toMs }: ShiftLog, { clock, stamp }: SheetWords): string {
  return atMs >= fromMs && atMs < toMs ? clock(atMs) : stamp(atMs)
}

function rowOf(line: ShiftIncidentLine, log: ShiftLog, words: SheetWords): readonly string[] {
  const { say, span, spot, called } = words
  const causes = [...(line.cause ? [line.cause] : []), ...(line.moreCauses ?? [])]
  const kind =
    causes.map(each => say(`words:cause.${each}`)).join(say('common:comma')) ||
    say(`words:alarmClass.${line.alarmClass}`)
  const result = line.left
    ? line.nobodyThere
      ? say('words:leftNobody')
      : stateWord(line.state, say)
    : line.disposition
      ? say(`words:disposition.${line.disposition}`)
      : say('words:state.resolved')
  return [
    ...[`${line.number} P${line.priority}`, openedOf(line.openedAtMs, log, words)],
    line.duress && line.alarmClass !== 'duress'
      ? `${kind}${say('common:comma')}${say('words:alarmClass.duress')}`
      : kind,
    [called(line), spot(line.place)].filter(Boolean).join(' · '),
    ...[line.owner ?? '', line.answerMs === undefined ? '' : span(line.answerMs)],
    [result, line.carried && say('print:shift.carried'), line.escalated && say('print:shift.escalated')]
      .filter(Boolean)
      .join(say('print:semicolon'))
  ]
}
