/** S ticks a step of the 处置预案 by its digit; ⇧S skips one, with the reason. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nameOf } from '../../../state/categories.ts'
import { type Step, stepsOf } from '../../../state/steps.ts'
import { useConsole } from '../../../state/store.ts'
import { useFloor } from '../floor-context.tsx'
import { useSheet } from '../use-sheet.ts'
import { DigitMenu } from './digit-menu.tsx'
import { TextForm } from './text-menus.tsx'

/** What is neither done nor skipped. */
function useUndone(): readonly Step[] {
  const { incident } = useFloor()
  const timeline = useConsole(state => (incident ? state.timelines.get(incident.id) : undefined))
  const sheet = useSheet(incident)
  return incident
    ? stepsOf(incident, timeline ?? [], sheet).filter(step => step.state !== 'done' && step.state !== 'skipped')
    : []
}

/** Each with its digit as it was when the menu opened: what others tick meanwhile leaves a gap, and no digit means another step. */
function useDigits(steps: readonly Step[]): readonly (readonly [Step, number])[] {
  const [places, setPlaces] = useState<ReadonlyMap<string, number>>(new Map())
  if (places.size === 0 && steps.length > 0) setPlaces(new Map(steps.map(({ row }, n) => [row.id, n + 1])))
  return steps.flatMap(step => {
    const digit = places.get(step.row.id)
    return digit === undefined ? [] : [[step, digit] as const]
  })
}

export function StepMenu() {
  const { t, i18n } = useTranslation()
  const { act } = useFloor()
  const steps = useDigits(useUndone().filter(({ row }) => row.auto === undefined))
  if (steps.length === 0) return <p className="m">{t('floor:menu.noStep')}</p>
  return (
    <DigitMenu
      choices={steps.map(([{ row }, digit]) => ({
        ...{ label: nameOf(row, i18n.language), digit },
        choose: () => void act({ action: 'sop', step: row.id, state: 'done' })
      }))}
    />
  )
}

export function SkipMenu() {
  const { t, i18n } = useTranslation()
  const { act, incident } = useFloor()
  const [step, setStep] = useState<Step>()
  const steps = useDigits(useUndone())
  if (steps.length === 0) return <p className="m">{t('floor:menu.noStep')}</p>
  if (!step)
    return (
      <DigitMenu
        choices={steps.map(([each, digit]) => ({
          ...{ label: nameOf(each.row, i18n.language), digit },
          choose: () => setStep(each)
        }))}
      />
    )
  return (
    <>
      <p className="m menu-said">{nameOf(step.row, i18n.language)}</p>
      <TextForm
        draft={`${incident?.id}/skip/${step.row.id}`}
        label={t('floor:menu.skipText')}
        go={t('floor:menu.skipGo')}
        required
        send={reason => act({ action: 'sop', step: step.row.id, state: 'skipped', reason })}
      />
    </>
  )
}
