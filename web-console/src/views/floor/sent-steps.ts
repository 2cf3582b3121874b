/** Steps that were sent to the gateway and what came of each: sending, done, refused with the reason, or not known until it was found out. */
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { IncidentAction, IncidentDetail } from '../../../../gateway/core/wire.ts'
import { findOut, mayBeDone } from '../../state/lost-answer.ts'
import { type ActionName, whyNot } from '../../state/rights.ts'
import { type Store, store } from '../../state/store.ts'
import { get, post, Refusal } from '../../wire/api.ts'

export type Result =
  | { readonly state: 'sending' }
  | { readonly state: 'done' }
  | { readonly state: 'refused'; readonly why: unknown }

/** What is said of the last step. `unknown` with a reason: it could not be found out; `proven`: its answer was lost, it was done all the same. */
export interface Said {
  readonly incidentId: string
  readonly action: ActionName
  readonly state: 'refused' | 'checking' | 'unknown' | 'proven'
  readonly why?: unknown
}

export interface Shown {
  readonly results: ReadonlyMap<string, Result>
  readonly said: Said | undefined
}

const DONE_SHOWN_MS = 1_500
/** A lost step that was done all the same. */
const PROVEN_SHOWN_MS = 8_000

/** Words instead of an error of the wire: what the console foresaw. */
export class Foreseen extends Error {}

export class SentSteps {
  readonly #known: Store
  readonly #show: (shown: Shown) => void
  readonly #sending = new Map<string, { readonly incidentId: string; readonly action: ActionName }>()
  #shown: Shown = { results: new Map(), said: undefined }
  #stopped = false

  constructor(show: (shown: Shown) => void, known: Store = store) {
    this.#show = show
    this.#known = known
  }

  /** True when the gateway did it; where its answer was lost that is found out first. */
  async run(incidentId: string, action: IncidentAction): Promise<boolean> {
    const key = `${incidentId}/${action.action}`
    if (this.#sending.has(key)) return false
    const step = { incidentId, action: action.action }
    const reason = this.#foresee(step)
    if (reason) return this.#refuse(step, reason)
    const { incidents, user } = this.#known.get()
    const asked = {
      action: action.action,
      version: incidents.get(incidentId)?.version ?? 0,
      userId: user?.userId ?? ''
    }
    this.#sending.set(key, step)
    this.#set(key, { state: 'sending' })
    this.#say(undefined)
    try {
      const incident = await post<Incident>(`/api/incidents/${incidentId}/actions`, action)
      this.#known.dispatch({ kind: 'incidents', incidents: [incident] })
      return this.#done(key)
    } catch (error) {
      if (!mayBeDone(error, action.action)) return this.#refuse(step, error)
      this.#say({ ...step, state: 'checking' })
      const found = await findOut(asked, {
        look: () => this.#look(incidentId),
        wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
        stale: () => this.#stopped
      })
      if (found === 'done') return this.#proven(key, step)
      if (found === 'notDone') return this.#refuse(step, this.#foresee(step) ?? new Foreseen('notArrived'))
      this.#set(key, undefined)
      if (found) this.#say({ ...step, state: 'unknown', why: found })
      return false
    } finally {
      this.#sending.delete(key)
    }
  }

  /** The incident whose step of this kind is on its way, or not known yet. */
  underWay(action: ActionName): string | undefined {
    return [...this.#sending.values()].find(step => step.action === action)?.incidentId
  }

  /** Says why something is not even tried. */
  say(incidentId: string, action: ActionName, why: Foreseen): void {
    this.#say({ incidentId, action, state: 'refused', why })
  }

  /** What is not known yet stays said. */
  forget(): void {
    if (this.#shown.said?.state !== 'checking') this.#say(undefined)
  }

  stop(): void {
    this.#stopped = true
  }

  async #look(incidentId: string): Promise<IncidentDetail> {
    const detail = await get<IncidentDetail>(`/api/incidents/${incidentId}`)
    this.#known.dispatch({ kind: 'detail', detail })
    return detail
  }

  /** What was refused before it is over with: the incident went on. */
  #done(key: string): true {
    const incident = key.slice(0, key.indexOf('/') + 1)
    const results = [...this.#shown.results].filter(
      ([of, { state }]) => state !== 'refused' || !of.startsWith(incident)
    )
    this.#change({ ...this.#shown, results: new Map(results) })
    this.#set(key, { state: 'done' })
    setTimeout(() => this.#set(key, undefined), DONE_SHOWN_MS)
    return true
  }

  #proven(key: string, step: Pick<Said, 'incidentId' | 'action'>): true {
    const said: Said = { ...step, state: 'proven' }
    this.#say(said)
    setTimeout(() => this.#shown.said === said && this.#say(undefined), PROVEN_SHOWN_MS)
    return this.#done(key)
  }

  #refuse(step: Pick<Said, 'incidentId' | 'action'>, why: unknown): false {
    this.#set(`${step.incidentId}/${step.action}`, { state: 'refused', why })
    this.#say({ ...step, state: 'refused', why })
    return false
  }

  #set(key: string, result: Result | undefined): void {
    const results = new Map(this.#shown.results)
    if (result) results.set(key, result)
    else results.delete(key)
    this.#change({ ...this.#shown, results })
  }

  #say(said: Said | undefined): void {
    this.#change({ ...this.#shown, said })
  }

  #change(shown: Shown): void {
    this.#shown = shown
    if (!this.#stopped) this.#show(shown)
  }

  /** What the gateway would surely refuse is said at once; an off-line console sends nothing (rule 13). */
  #foresee({ incidentId, action }: Pick<Said, 'incidentId' | 'action'>): Error | undefined {
    const { incidents, user, connection } = this.#known.get()
    const connected = connection.phase === 'connected' || connection.phase === 'replaying'
    const incident = incidents.get(incidentId)
    const why = whyNot(action, { incident, user, connected })
    if (!why) return undefined
    if (why === 'NOT_OWNER' && incident?.owner?.seat !== undefined)
      return new Refusal(why, 0, why, { seat: incident.owner.seat })
    if (why === 'OFFLINE' || why === 'NOT_OWNER' || why === 'ILLEGAL_TRANSITION') return new Refusal(why, 0, why)
    return new Foreseen(why)
  }
}
