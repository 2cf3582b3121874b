/** R: disposition as group, then item, then the feedback; a duress incident without a report asks for a second person. Resolved, it amends the feedback. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disposition, Incident, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { filedUnder, nameOf } from '../../../state/categories.ts'
import { fittingDisposition } from '../../../state/disposition.ts'
import { forgetDraft } from '../../../state/drafts.ts'
import { isOpen } from '../../../state/queue.ts'
import { leftUndone, stepsOf } from '../../../state/steps.ts'
import { useConsole } from '../../../state/store.ts'
import type { UnitReport } from '../../../state/unit-report.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { useSecondPress } from '../../../ui/use-second-press.ts'
import { useFloor } from '../floor-context.tsx'
import { DuressHeard } from '../panel/duress-heard.tsx'
import { AgreedPhrases } from '../panel/phrases.tsx'
import { useSheet } from '../use-sheet.ts'
import { CategoryDigits } from './category-menu.tsx'
import { DigitMenu } from './digit-menu.tsx'
import { FeedbackForm } from './feedback-form.tsx'
import { ReportLine, useReport } from './report-line.tsx'

/** Groups and items in the order of the keys (domain: R 1 real …, 2 false …, 3 other …). */
export const DISPOSITION_GROUPS = {
  real: ['real-police', 'real-medical', 'real-fire', 'real-other'],
  false: ['false-misuse', 'false-equipment', 'false-unknown'],
  other: ['test', 'duplicate', 'cancelled-by-user', 'nobody-found']
} as const satisfies Readonly<Record<string, readonly Disposition[]>>

const NO_LINES: readonly TimelineEntry[] = []

type Group = keyof typeof DISPOSITION_GROUPS
const GROUPS: readonly Group[] = ['real', 'false', 'other']

export function ResolveMenu() {
  const { t } = useTranslation()
  const { incident } = useFloor()
  const [group, setGroup] = useState<Group>()
  const [disposition, setDisposition] = useState<Disposition>()
  const [category, setCategory] = useState<string>()
  const { settings } = useSession()
  const report = useReport(incident)
  if (!incident) return null
  if (!group)
    return (
      <>
        <ReportLine report={report} />
        <DigitMenu
          choices={GROUPS.map(each => ({ label: t(`floor:dispositionGroup.${each}`), choose: () => setGroup(each) }))}
        />
      </>
    )
  if (!disposition)
    return (
      <>
        <ReportLine report={report} />
        <DigitMenu
          key={group}
          choices={DISPOSITION_GROUPS[group].map(each => ({
            label: t(`words:disposition.${each}`),
            fits: each === fittingDisposition(group, incident, report?.disposition),
            choose: () => setDisposition(each)
          }))}
        />
      </>
    )
  if (category === undefined && filedUnder(settings?.categories ?? [], disposition, incident) === '')
    return <CategoryDigits key={disposition} start="" choose={setCategory} />
  return <ResolveForm {...{ incident, disposition, category, report }} />
}

/** An incident that no unit went to is resolved only with words on why (the gateway refuses it otherwise); a real one says what was done. */
function wordsNeeded(incident: Incident, disposition: Disposition): 'nobodyThere' | 'real' | undefined {
  if (!incident.duress && (incident.state === 'acknowledged' || incident.state === 'verifying')) return 'nobodyThere'
  return disposition.startsWith('real') ? 'real' : undefined
}

/** Before it is verified it can only be found false, a test or a duplicate. */
function mustVerifyFirst(incident: Incident, disposition: Disposition): boolean {
  const dismissal = disposition.startsWith('false') || disposition === 'test' || disposition === 'duplicate'
  return incident.state === 'acknowledged' && !incident.duress && !dismissal
}

/** Nobody was in danger, says who was called: only the agreed phrase makes that believable. */
function isFinding(disposition: Disposition): boolean {
  return disposition.startsWith('false') || disposition === 'cancelled-by-user'
}

function needsSecondPerson(incident: Incident): boolean {
  return incident.duress && incident.reportedAtMs === undefined
}

interface ResolveFormProps {
  readonly incident: Incident
  readonly disposition: Disposition
  readonly category: string | undefined
  readonly report: UnitReport | undefined
}

function ResolveForm({ incident, disposition, category, report }: ResolveFormProps) {
  const { t } = useTranslation()
  const { act } = useFloor()
  const [second, setSecond] = useState({ login: '', password: '' })
  const over = !isOpen(incident)
  const undone = useUndone(incident, disposition)
  const { asked, lapsed, press } = useSecondPress()
  const twoPeople = !over && needsSecondPerson(incident)
  const early = mustVerifyFirst(incident, disposition)
  return (
    <div className="col g8">
      <p className="menu-said">
        <b>{t(`words:disposition.${disposition}`)}</b>
      </p>
      <ReportLine report={report} />
      {isFinding(disposition) && <AgreedPhrases incident={incident} />}
      {isFinding(disposition) && incident.subject.phrases && <DuressHeard incident={incident} />}
      {twoPeople && <SecondPerson value={second} onChange={setSecond} />}
      {asked && (
        <p className="t-amb menu-undone" role="alert">
          {t('floor:menu.undone', { steps: undone })}
        </p>
      )}
      {lapsed && !asked && (
        <p className="t-amb" role="status">
          {t('floor:menu.undoneLapsed')}
        </p>
      )}
      <FeedbackForm
        {...{ incident, disposition, category, report }}
        go={t(over ? 'floor:do.feedback' : asked ? 'floor:menu.resolveAnyway' : 'floor:do.resolve')}
        whyNot={early ? t('floor:menu.verifyFirst') : undefined}
        needsWords={wordsNeeded(incident, disposition)}
        calm={twoPeople}
        send={async form => {
          if (undone !== '' && !press(undone)) return
          const done = await act(
            over
              ? { action: 'feedback', ...form }
              : {
                  ...{ action: 'resolve', ...form },
                  ...(twoPeople ? { confirmedBy: second.login, confirmedByPassword: second.password } : {})
                }
          )
          if (done) forgetDraft(`${incident.id}/resolve`)
        }}
      />
    </div>
  )
}

/** What the sheet still asks for, by name; empty: nothing, or it is over. */
function useUndone(incident: Incident, disposition: Disposition): string {
  const { t, i18n } = useTranslation()
  const timeline = useConsole(state => state.timelines.get(incident.id) ?? NO_LINES)
  const steps = stepsOf(incident, timeline, useSheet(incident))
  return leftUndone(steps, disposition)
    .map(({ row }) => nameOf(row, i18n.language))
    .join(t('common:comma'))
}

interface Person {
  readonly login: string
  readonly password: string
}

function SecondPerson({ value, onChange }: { readonly value: Person; readonly onChange: (value: Person) => void }) {
  const { t } = useTranslation()
  return (
    <div className="row g8 text-form">
      <span className="t-amb nw">{t('floor:menu.second')}</span>
      <input
        aria-label={t('floor:menu.secondLogin')}
        placeholder={t('floor:menu.secondLogin')}
        ref={takeFocus}
        value={value.login}
        autoComplete="off"
        onChange={event => onChange({ ...value, login: event.target.value })}
      />
      <input
        type="password"
        aria-label={t('floor:menu.secondPassword')}
        placeholder={t('floor:menu.secondPassword')}
        value={value.password}
        autoComplete="off"
        onChange={event => onChange({ ...value, password: event.target.value })}
      />
    </div>
  )
}
