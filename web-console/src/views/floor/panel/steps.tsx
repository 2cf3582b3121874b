/** 处置预案: what is done, with its time; what comes now, with its key; words of caution; below them the feedback and the neighbours. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { nameOf } from '../../../state/categories.ts'
import { useNow } from '../../../state/clock.ts'
import { isOpen, nextToTake } from '../../../state/queue.ts'
import { type Advice, adviceOf, lateness, type Step, stepsOf } from '../../../state/steps.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Key } from '../../../ui/parts.tsx'
import { clockText, countText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'
import { useSheet } from '../use-sheet.ts'
import { Callout } from './callout.tsx'
import { Feedback } from './feedback.tsx'
import { HandOvers } from './hand-overs.tsx'
import { SimilarLines } from './similar.tsx'

/** What scrolls is reached and scrolled by the keyboard, too. */
const REACHED = { tabIndex: 0 } as const

/** What must not be done, before what should be. */
const GRAVE: ReadonlySet<Advice> = new Set(['duress', 'silentVehicle', 'forcedCancel'])

interface StepsProps {
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
}

export function Steps({ incident, timeline }: StepsProps) {
  const { t } = useTranslation()
  const steps = stepsOf(incident, timeline, useSheet(incident))
  const done = steps.filter(step => step.state === 'done').length
  return (
    <section className="block" aria-label={t('floor:steps.title')} {...REACHED}>
      <h3 className="head">
        {t('floor:steps.title')}
        {incident.nature && ` · ${t(`words:nature.${incident.nature}`)}`}
        <span className="grow" />
        <span className="head-note n">
          {done}/{steps.length}
        </span>
      </h3>
      <ul className="advice">
        {adviceOf(incident, timeline).map(advice => (
          <li key={advice} className={GRAVE.has(advice) ? 't-red' : 't-amb'}>
            {t(`floor:advice.${advice}`)}
          </li>
        ))}
      </ul>
      {isOpen(incident) && <SimilarLines />}
      <Feedback incident={incident} />
      <HandOvers incident={incident} />
      <ol>
        {steps.map(step => (
          <StepLine key={step.row.id} step={step} />
        ))}
      </ol>
      <Callout incident={incident} />
    </section>
  )
}

function StepLine({ step }: { readonly step: Step }) {
  const line = useRef<HTMLLIElement>(null)
  const current = step.state === 'current'
  // On a low screen the column scrolls: what comes now is in sight.
  useEffect(() => {
    if (current) line.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <li ref={line} className={`step ${step.state}`} aria-current={step.state === 'current' ? 'step' : undefined}>
      <span className="box">{step.state === 'done' && <Icon name="check" size={14} />}</span>
      <span className="el grow" title={step.reason}>
        {nameOf(step.row, i18n.language)}
        {step.row.who !== 'operator' && <span className="d"> · {t(`floor:steps.who.${step.row.who}`)}</span>}
        {step.reason && <span className="d"> · {step.reason}</span>}
      </span>
      <Within step={step} />
      {step.atMs !== undefined && step.state === 'done' && <span className="d n">{clockText(step.atMs, zone)}</span>}
      {step.state === 'skipped' && <span className="d nw">{t('floor:steps.skipped')}</span>}
      {step.state === 'left' && <span className="d nw">{t('floor:steps.left')}</span>}
      {step.state === 'current' && <StepKey step={step} />}
    </li>
  )
}

/** None where Space would take another incident, which is more urgent. */
function StepKey({ step: { hotkey } }: { readonly step: Step }) {
  const { t } = useTranslation()
  const { queue, incident } = useFloor()
  if (hotkey !== 'Space') return <Key>{hotkey ?? 'S'}</Key>
  return nextToTake(queue, incident)?.id === incident?.id && <Key>{t('floor:key.space')}</Key>
}

/** Counts down to when the step is due; late in red, and what was done late keeps by how much. */
function Within({ step }: { readonly step: Step }) {
  const { t } = useTranslation()
  const leftMs = lateness(step, useNow())
  if (leftMs === undefined) return null
  const late = leftMs < 0
  const time = countText(late ? -leftMs : leftMs + 999)
  const tone = !late ? 'm' : step.state === 'done' ? 't-amb' : 't-red'
  return (
    <span className={`t12 n ${tone}`} title={step.from && t(`floor:steps.from.${step.from}`)}>
      {t(late ? 'floor:steps.late' : 'floor:steps.dueIn', { time })}
    </span>
  )
}
