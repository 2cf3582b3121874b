/**
 * 平安指数 of a grid cell and month: 100 less points for real incidents, for harm, and for those who were kept waiting. The formula stands on the
 * page and in docs/operating.md in the same figures. Pure.
 */
import { ANSWER_SECOND_MS, ARRIVAL_MS, INDEX_POINTS, type IndexLine } from '../core/report.ts'
import { type Fact, isReal } from './facts.ts'
import { dayOf, type ReportDay } from './figures.ts'

/** Of calls for help. The newest month first, in it the lowest index; a cell without a real incident has 100 and no line. */
export function indexOf(facts: readonly Fact[], days: readonly ReportDay[]): readonly IndexLine[] {
  const groups = new Map<string, Fact[]>()
  for (const fact of facts) {
    if (!isReal(fact) || fact.gridId === '' || fact.priority > 3) continue
    const key = `${dayOf(days, fact.openedAtMs)?.month ?? ''} ${fact.gridId}`
    const group = groups.get(key)
    if (group) group.push(fact)
    else groups.set(key, [fact])
  }
  return [...groups]
    .map(([key, some]) => lineOf(key.slice(0, 7), some))
    .sort((a, b) => (a.month === b.month ? a.index - b.index : a.month < b.month ? 1 : -1))
}

function lineOf(month: string, facts: readonly Fact[]): IndexLine {
  const { p1, p2, p3, most, injured, dead, mostHarm, lateAnswer, lateArrival } = INDEX_POINTS
  const count = (wanted: (fact: Fact) => boolean) => facts.filter(wanted).length
  const of = (priority: number) => count(fact => fact.priority === priority)
  const sum = (figure: (fact: Fact) => number) => facts.reduce((all, fact) => all + figure(fact), 0)
  const urgent = facts.filter(fact => fact.priority <= 2)
  const late = (figure: (fact: Fact) => number | undefined, limitMs: number) => {
    const took = urgent.map(figure).filter(value => value !== undefined)
    return took.length === 0 ? 0 : took.filter(value => value > limitMs).length / took.length
  }
  const harm = { injured: sum(fact => fact.injured), dead: sum(fact => fact.dead) }
  const shares = {
    lateAnswer: late(fact => fact.answerMs, ANSWER_SECOND_MS),
    lateArrival: late(fact => fact.responseMs, ARRIVAL_MS[1])
  }
  const lost =
    Math.min(most, p1 * of(1) + p2 * of(2) + p3 * of(3)) +
    Math.min(mostHarm, injured * harm.injured + dead * harm.dead) +
    lateAnswer * shares.lateAnswer +
    lateArrival * shares.lateArrival
  return {
    ...{ month, gridId: facts[0]?.gridId ?? '', gridName: facts.at(-1)?.gridName ?? '' },
    ...{ p1: of(1), p2: of(2), p3: of(3), ...harm, ...shares },
    index: Math.round(10 * (100 - lost)) / 10
  }
}
