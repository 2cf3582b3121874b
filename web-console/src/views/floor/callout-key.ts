/** N: the neighbours are called at once, and their calling is stopped only by a second press, not struck in one go with what began it: a slip must leave no household uncalled. */
import i18next from 'i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { createSecondPress, type Question, SECOND_PRESS_MS } from '../../state/second-press.ts'
import type { Floor } from './floor-context.tsx'

/** So long another N is one of impatience, not of stopping. */
const BEGUN_MS = 2_000
const stopping = createSecondPress()
/** Its call is on its way to the gateway. */
let sending: string | undefined
let begun: { readonly id: string; readonly atMs: number } | undefined

export const isCalling = (incident: Incident): boolean =>
  incident.callout !== undefined && incident.callout.endedAtMs === undefined

/** What N does now. */
export const calloutAction = (incident: Incident): 'callNeighbours' | 'endCallNeighbours' =>
  isCalling(incident) ? 'endCallNeighbours' : 'callNeighbours'

/** By the key or the button; false where there is nobody to call. */
export function pressCallout({ incident, act, tell }: Pick<Floor, 'incident' | 'act' | 'tell'>): boolean {
  if (!incident?.subject.group) return false
  const action = calloutAction(incident)
  const nowMs = performance.now()
  if (action === 'callNeighbours' && sending === incident.id) {
    tell(i18next.t('floor:callout.sending'))
    return true
  }
  if (action === 'callNeighbours') begun = { id: incident.id, atMs: nowMs }
  else if (begun?.id === incident.id && nowMs - begun.atMs <= BEGUN_MS) {
    tell(i18next.t('floor:callout.begun'))
    return true
  } else if (!stopping.press(incident.id, stopQuestion(tell))) return true
  const { id } = incident
  if (action === 'callNeighbours') sending = id
  void act({ action }).finally(() => {
    if (sending === id) sending = undefined
  })
  return true
}

/** Shown no longer than the second press counts: words that stand on would promise what is over. */
const stopQuestion = (tell: Floor['tell']): Question => ({
  ask: () => tell(i18next.t('floor:callout.stopAsk'), SECOND_PRESS_MS),
  gone: () => tell(i18next.t('floor:callout.stopLapsed'), undefined, true)
})
