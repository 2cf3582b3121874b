/** 建议巡防力量: units on the incident with their state, then the proposed ones by travel time, then every other free one; whoever is not among them is found by name. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Position } from '../../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { useNow } from '../../../state/clock.ts'
import { isOpen } from '../../../state/queue.ts'
import { Key } from '../../../ui/parts.tsx'
import { agoText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'
import { activeAssignments, choosableOf, DIGITS, nobodyRanked, rankedOf, shownOf } from './candidate-lists.ts'
import { CandidateRow } from './candidate-row.tsx'
import { PastUnit } from './past-unit.tsx'
import { SentUnit } from './sent-unit.tsx'
import { MessagesButton } from './unit-messages.tsx'

/** What scrolls is reached and scrolled by the keyboard, too. */
const REACHED = { tabIndex: 0 } as const

/** Shown before somebody asks for more: who gets there third is rarely sent. */
const FEW = 3

export function Candidates({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { candidates, candidatesLoaded, chosen, menu, openMenu, towards } = useFloor()
  const open = isOpen(incident)
  const ranked = open ? rankedOf(candidates, incident) : []
  const listed = open ? choosableOf(candidates, incident) : []
  const title = t(open ? 'floor:units.title' : 'floor:units.titleOver')
  const [all, setAll] = useState(false)
  // Those already sent take their place: three cards fit above the story.
  const active = open ? activeAssignments(incident) : []
  const few = Math.max(1, FEW - active.length)
  const shown = shownOf(listed, chosen, all ? DIGITS : few)
  const further = Math.min(DIGITS, listed.length) - shown.length
  const byRoad = ranked.some(each => each.by === 'road')
  return (
    <section className="block" aria-label={title} {...REACHED}>
      <h3 className="head units-head">
        {title}
        <span className="grow" />
        <MessagesButton incident={incident} />
        {ranked.length > 0 && (
          <span className="head-note">{t(byRoad ? 'floor:units.byRoad' : 'floor:units.byStraight')}</span>
        )}
      </h3>
      {open && ranked.length > 0 && incident.subject.kind === 'vehicle' && (
        <RankedTo towards={towards} pressedAtMs={incident.openedAtMs} />
      )}
      {active.map(assignment => (
        <SentUnit key={assignment.id} assignment={assignment} incident={incident} />
      ))}
      {shown.map(({ candidate, digit }) => (
        <CandidateRow key={candidate.unitId} candidate={candidate} digit={digit} />
      ))}
      {!open && incident.assignments.length === 0 && <p className="m units-none">{t('floor:units.over')}</p>}
      {!open && incident.assignments.map(each => <PastUnit key={each.id} assignment={each} />)}
      {open && candidatesLoaded && ranked.length === 0 && (
        <p className="m units-none">
          {t(`floor:units.${nobodyRanked((towards ?? incident.position) !== undefined, listed)}`)}
        </p>
      )}
      {open && (
        <p className="row g8 units-further">
          {!all && further > 0 && (
            <button type="button" className="units-more m" onClick={() => setAll(true)}>
              {t('floor:units.more', { n: further })}
            </button>
          )}
          <span className="grow" />
          <button
            type="button"
            className="units-more m"
            aria-expanded={menu === 'otherUnit'}
            onClick={() => openMenu(menu === 'otherUnit' ? undefined : 'otherUnit')}
          >
            <Key>0</Key> {t('floor:units.other')}
          </button>
        </p>
      )}
    </section>
  )
}

interface RankedToProps {
  readonly towards: Position | undefined
  readonly pressedAtMs: number
}

/** So long after a press the car has told its place again. */
const TOLD_AGAIN_MS = 60_000

/** A car drives on: to which place the times are counted, and how old that is. */
function RankedTo({ towards, pressedAtMs }: RankedToProps) {
  const { t } = useTranslation()
  const now = useNow()
  const silent = !towards && now - pressedAtMs > TOLD_AGAIN_MS
  return (
    <p className={`${silent ? 't-amb' : 'm'} units-to`}>
      {towards
        ? t('floor:units.toVehicle', { ago: agoText(Math.max(0, now - towards.atMs), t) })
        : t(silent ? 'floor:units.toPress' : 'floor:units.toPressYet')}
    </p>
  )
}
