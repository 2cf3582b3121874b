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

export function StepMenu() {
  const { t, i18n } = useTranslation()
  const { act } = useFloor()
  const steps = useUndone().filter(({ row }) => row.auto === undefined)
  if (steps.length === 0) return <p className="m">{t('floor:menu.noStep')}</p>
  return (
    <DigitMenu
      choices={steps.map(({ row }) => ({
        label: nameOf(row, i18n.language),
        choose: () => void act({ action: 'sop', step: row.id, state: 'done' })
      }))}
    />
  )
}

export function SkipMenu() {
  const { t, i18n } = useTranslation()
  const { act, incident } = useFloor()
  const [step, setStep] = useState<Step>()
  const steps = useUndone()
  if (steps.length === 0) return <p className="m">{t('floor:menu.noStep')}</p>
  if (!step)
    return (
      <DigitMenu
        choices={steps.map(each => ({ label: nameOf(each.row, i18n.language), choose: () => setStep(each) }))}
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
