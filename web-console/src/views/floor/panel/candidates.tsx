/** 建议巡防力量: units on the incident with their state, then the proposed ones by travel time; those with an old position stand below, unranked. Of an alarm without a place nobody is near or far: every free one is offered by name. */
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Assignment, Incident } from '../../../../../gateway/core/incident.ts'
import type { CandidateReason } from '../../../../../gateway/core/unit.ts'
import type { UnitCandidate } from '../../../../../gateway/core/wire.ts'
import { useNow } from '../../../state/clock.ts'
import { isOpen } from '../../../state/queue.ts'
import { Key } from '../../../ui/parts.tsx'
import { agoText, countText, distanceText, etaText, spanText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'
import { LastMessage, MessagesButton } from './unit-messages.tsx'

/** What scrolls is reached and scrolled by the keyboard, too. */
const REACHED = { tabIndex: 0 } as const

/** Shown before somebody asks for more: who gets there third is rarely sent. */
const FEW = 3

const ACTIVE = new Set(['offered', 'enRoute', 'arrived'])

export function activeAssignments(incident: Incident): readonly Assignment[] {
  return incident.assignments.filter(each => ACTIVE.has(each.state))
}

/** Proposed units that can be chosen by a digit, in the order in which they are shown: free ones first, each part as the gateway ranked it. */
export function rankedOf(
  candidates: readonly UnitCandidate[],
  incident: Incident | undefined
): readonly UnitCandidate[] {
  const sent = new Set(incident ? activeAssignments(incident).map(each => each.unitId) : [])
  const ranked = candidates.filter(each => each.ranked && !sent.has(each.unitId))
  return ranked.toSorted((a, b) => Number(b.state === 'available') - Number(a.state === 'available'))
}

/** Free ones of a class that the system does not send there: an operator may, and says why. */
const isByHand = (each: UnitCandidate): boolean =>
  !each.ranked && each.state === 'available' && each.reasons.includes('outsideRule')

/** As the gateway says it: of a unit that has not told a position since it started, as after a restart. */
const NO_POSITION_MS = Number.MAX_SAFE_INTEGER

/** Nobody knows where it is: free ones the system could send, those whose position is fresh first, by name so that a digit stays with its unit. */
function unplacedOf(candidates: readonly UnitCandidate[], incident: Incident | undefined): readonly UnitCandidate[] {
  if (!incident || incident.position) return []
  const free = candidates.filter(each => !each.ranked && each.state === 'available' && !isByHand(each))
  const old = (each: UnitCandidate) => Number(each.reasons.includes('stalePosition'))
  const byName = (a: UnitCandidate, b: UnitCandidate) => a.name.localeCompare(b.name, 'zh', { numeric: true })
  return free.toSorted((a, b) => old(a) - old(b) || byName(a, b))
}

/** Whom a digit chooses: the proposed ones, or without a place every free one; then those that are sent by hand. */
export function choosableOf(
  candidates: readonly UnitCandidate[],
  incident: Incident | undefined
): readonly UnitCandidate[] {
  return [...rankedOf(candidates, incident), ...unplacedOf(candidates, incident), ...candidates.filter(isByHand)]
}

/** Of the chosen ones, those for whom a reason is asked. */
export function byHandOf(candidates: readonly UnitCandidate[], chosen: readonly string[]): readonly UnitCandidate[] {
  return candidates.filter(each => isByHand(each) && chosen.includes(each.unitId))
}

export function Candidates({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { candidates, candidatesLoaded } = useFloor()
  const open = isOpen(incident)
  const ranked = open ? rankedOf(candidates, incident) : []
  const listed = open ? choosableOf(candidates, incident) : []
  const stale = open ? candidates.filter(each => !each.ranked && !listed.includes(each)) : []
  const [all, setAll] = useState(false)
  // Those already sent take their place: three cards fit above the story.
  const few = Math.max(1, FEW - activeAssignments(incident).length)
  const shown = listed.slice(0, all ? 9 : few)
  const byRoad = ranked.some(each => each.by === 'road')
  return (
    <section className="block" aria-label={t('floor:units.title')} {...REACHED}>
      <h3 className="head">
        {t('floor:units.title')}
        <span className="grow" />
        <MessagesButton incident={incident} />
        {ranked.length > 0 && (
          <span className="head-note">{t(byRoad ? 'floor:units.byRoad' : 'floor:units.byStraight')}</span>
        )}
      </h3>
      {activeAssignments(incident).map(assignment => (
        <Sent key={assignment.id} assignment={assignment} incident={incident} />
      ))}
      {shown.map((candidate, index) => (
        <CandidateRow key={candidate.unitId} candidate={candidate} digit={index + 1} />
      ))}
      {!open && <p className="m units-none">{t('floor:units.over')}</p>}
      {listed.length > shown.length && shown.length < 9 && (
        <button type="button" className="units-more m" onClick={() => setAll(true)}>
          {t('floor:units.more', { n: Math.min(9, listed.length) - shown.length })}
        </button>
      )}
      {open && candidatesLoaded && ranked.length === 0 && (
        <p className="m units-none">{t(`floor:units.${nobodyNear(incident, listed)}`)}</p>
      )}
      {stale.map(candidate => (
        <p key={candidate.unitId} className="d units-stale">
          {whyUnranked(candidate, t)}
        </p>
      ))}
    </section>
  )
}

function nobodyNear(incident: Incident, listed: readonly UnitCandidate[]): 'none' | 'noPlace' | 'noPlaceNone' {
  if (incident.position) return 'none'
  return listed.length > 0 ? 'noPlace' : 'noPlaceNone'
}

export function whyUnranked(candidate: UnitCandidate, t: TFunction): string {
  const { name, reasons, positionAgeMs } = candidate
  // Of an alarm without a place nobody is near or far.
  if (reasons.length === 0) return t('floor:units.unrankedOnly', { name })
  if (!reasons.includes('stalePosition'))
    return t('floor:units.unranked', { name, why: reasons.map(each => reasonText(candidate, each, t)).join(' · ') })
  if (positionAgeMs >= NO_POSITION_MS) return t('floor:units.noPosition', { name })
  return t('floor:units.stale', { name, age: spanText(positionAgeMs, t) })
}

/** A unit that has the order: offered with its countdown, en route with its estimate, on scene. */
function Sent({ assignment, incident }: { readonly assignment: Assignment; readonly incident: Incident }) {
  const { t } = useTranslation()
  const now = useNow()
  const { unitName, state } = assignment
  const left = assignment.expiresAtMs - now
  const there = (assignment.acceptedAtMs ?? now) + (assignment.etaS ?? 0) * 1_000 - now
  return (
    <div className={`unit sent ${state}`}>
      <UnitSign state={state} />
      <div className="grow">
        <div className="row g8">
          <b className="el">{unitName}</b>
          <span className="grow" />
          {state === 'offered' && (
            <b className={left > 0 ? 't-amb n' : 't-red n'}>{t('floor:units.answerIn', { time: countText(left) })}</b>
          )}
          {state === 'enRoute' && assignment.etaS !== undefined && (
            <b className="n">{t('floor:units.thereIn', { time: countText(there) })}</b>
          )}
        </div>
        <div className={state === 'arrived' ? 't-ok' : 'm'}>
          {t(`words:assignment.${state}`)}
          {assignment.offeredBy === 'system' && ` · ${t('floor:units.bySystem')}`}
        </div>
        {assignment.askedAfter && (
          <div className="t-amb">
            {t(`floor:units.asked.${assignment.askedAfter.check}`, {
              age: spanText(now - assignment.askedAfter.atMs, t)
            })}
          </div>
        )}
        {assignment.why && assignment.why.length > 0 && (
          <div className="d el">{assignment.why.map(reason => t(`words:why.${reason}`)).join(' · ')}</div>
        )}
        {assignment.byHand && (
          <div className="t-amb">
            {t('floor:units.byHand', {
              unitClass: t(`words:unitClass.${assignment.byHand.unitClass}`),
              reason: assignment.byHand.reason
            })}
          </div>
        )}
        <LastMessage incident={incident} unitId={assignment.unitId} />
      </div>
    </div>
  )
}

/** The map's signs: filled arrow en route, tick on scene, hollow arrow otherwise. */
export function UnitSign({ state }: { readonly state: string }) {
  const arrived = state === 'arrived' || state === 'onScene'
  const moving = state === 'enRoute'
  return (
    <svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden="true">
      {arrived ? (
        <>
          <circle r="8" fill="var(--ok)" />
          <path d="M-3.6 .2-.9 3 4-2.8" stroke="#06120f" strokeWidth="2" fill="none" />
        </>
      ) : (
        <path d="M0 -8 7 6 0 2.6 -7 6z" fill={moving ? 'var(--tx1)' : 'none'} stroke="var(--tx1)" strokeWidth="1.6" />
      )}
    </svg>
  )
}

/** A skill by its own name, orders with their number. */
function reasonText({ skill, orders }: UnitCandidate, reason: CandidateReason, t: TFunction): string {
  if (reason === 'skilled' && skill) return t(`words:unitSkill.${skill}`)
  return reason === 'busyLately'
    ? t('words:candidate.busyLately', { count: orders ?? 0 })
    : t(`words:candidate.${reason}`)
}

const WARNINGS = new Set<string>(['detour', 'alone', 'declined', 'outsideRule', 'offRota'])

function CandidateRow({ candidate, digit }: { readonly candidate: UnitCandidate; readonly digit: number }) {
  const { t } = useTranslation()
  const { chosen, choose, incident } = useFloor()
  // The nearest is on its order already: the next one is not.
  const sent = incident !== undefined && activeAssignments(incident).length > 0
  const picked = chosen.includes(candidate.unitId)
  const free = candidate.state === 'available'
  const good = candidate.reasons.filter(
    reason => !WARNINGS.has(reason) && reason !== 'stalePosition' && !(sent && reason === 'nearest')
  )
  const warnings = candidate.reasons.filter(reason => WARNINGS.has(reason))
  // What is cut off where the room ends is the least of it.
  const facts = [
    t('floor:units.people', { count: candidate.memberCount }),
    t(`words:unitClass.${candidate.unitClass}`),
    ...good.map(reason => reasonText(candidate, reason, t))
  ].join(' · ')
  const known = candidate.positionAgeMs < NO_POSITION_MS
  // A way has two ends: without both there is no time and no distance.
  const measured = known && incident?.position !== undefined
  const distance =
    candidate.by === 'road'
      ? distanceText(candidate.distanceM)
      : t('floor:units.straight', { distance: distanceText(candidate.straightM) })
  return (
    <button
      type="button"
      className={`unit${picked ? ' picked' : ''}`}
      aria-pressed={picked}
      onClick={() => choose(candidate.unitId)}
    >
      <Key>{digit}</Key>
      <span className="grow">
        <span className="row g8">
          <b className="el">{candidate.name}</b>
          <span className="grow" />
          {measured && <b className="n">{etaText(candidate.etaS, t)}</b>}
        </span>
        <span className="row g8">
          <span className="m el" title={facts}>
            {facts}
          </span>
          <span className="grow" />
          {measured && <span className="m n">{distance}</span>}
        </span>
        <span className="row g8">
          <span className="t-amb el">
            {[
              ...(free ? [] : [t(`words:unitState.${candidate.state}`)]),
              ...warnings.map(reason => t(`words:candidate.${reason}`))
            ].join(' · ')}
          </span>
          <span className="grow" />
          <span className="d n">
            {known
              ? t('floor:units.position', { ago: agoText(candidate.positionAgeMs, t) })
              : t('floor:units.positionUnknown')}
          </span>
        </span>
      </span>
    </button>
  )
}
