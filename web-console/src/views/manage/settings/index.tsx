/** 处置参数: times of the incident work and which classes the system may send; a change needs its reason and is true at once, also for the consoles. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordSaved } from '../../../../../gateway/core/group-record.ts'
import type { Service } from '../../../../../gateway/core/hand-over.ts'
import type { Nature } from '../../../../../gateway/core/incident.ts'
import type { RuleKey, RunSettingsDetail, RunValues, TimeKey } from '../../../../../gateway/core/run-settings.ts'
import type { UnitClass } from '../../../../../gateway/core/unit.ts'
import { useUnsaved } from '../../../ui/use-unsaved.ts'
import { TextField } from '../fields.tsx'
import { FormFrame } from '../form-frame.tsx'
import { History } from '../history.tsx'
import { useDetail } from '../use-detail.ts'
import { useSave } from '../use-save.ts'
import { RouteTable } from './route-table.tsx'
import { RuleTable } from './rule-table.tsx'
import { SingleTimes, TimesTable } from './times.tsx'
import './settings.css'

export function Settings() {
  const { t } = useTranslation()
  const [again, setAgain] = useState(0)
  const detail = useDetail<RunSettingsDetail>('/api/run-settings', again)
  if (!detail) return <p className="mng-empty m">{t('sources:loading')}</p>
  return <SettingsForm key={`${detail.version} ${again}`} detail={detail} onRenew={() => setAgain(n => n + 1)} />
}

/** What is typed: seconds as text, so that an empty field is the file's value. */
export interface Typed {
  readonly times: Readonly<Partial<Record<TimeKey, string>>>
  readonly rule: RunValues['rule']
  readonly routes: RunValues['routes']
}

function SettingsForm({ detail, onRenew }: { readonly detail: RunSettingsDetail; readonly onRenew: () => void }) {
  const { t } = useTranslation()
  const saving = useSave()
  const [typed, setTyped] = useState<Typed>(() => typedOf(detail.values))
  const [reason, setReason] = useState('')
  const { faults } = saving
  const [begun] = useState(typed)
  const { asked } = useUnsaved(() => typed !== begun || reason !== '')
  const orders = asked && (
    <span className="t-amb" role="alert">
      {t('manage:leaveAsk')}
    </span>
  )
  const onTime = (key: TimeKey, text: string) => setTyped(now => ({ ...now, times: { ...now.times, [key]: text } }))
  const onCell = (key: RuleKey, classes: readonly UnitClass[] | undefined) =>
    setTyped(now => ({ ...now, rule: { ...now.rule, [key]: classes } }))
  const onRoute = (nature: Nature, services: readonly Service[] | undefined) =>
    setTyped(now => ({ ...now, routes: { ...now.routes, [nature]: services } }))
  const save = async () => {
    const draft = { ...valuesOf(typed), reason }
    if (await saving.send<RecordSaved>('/api/run-settings', { draft, version: detail.version })) onRenew()
  }
  const given = { detail, typed, faults }
  return (
    <div className="mng-body mng-settings">
      <FormFrame {...{ saving, onReload: onRenew, orders }} onSave={() => void save()}>
        <p className="wide m">{t('manage:run.help')}</p>
        <TimesTable {...given} onTime={onTime} />
        <SingleTimes {...given} onTime={onTime} />
        <RouteTable {...given} onRoute={onRoute} />
        <RuleTable {...given} onCell={onCell} />
        <TextField
          {...{ word: t('manage:run.reason'), field: 'reason', faults, value: reason, onValue: setReason }}
          needed
          wide
        />
        {detail.history.length > 0 && <History versions={detail.history} wordOf={field => wordOf(field, t)} />}
      </FormFrame>
    </div>
  )
}

type Words = ReturnType<typeof useTranslation>['t']

/** `p1.acceptMs` → P1 接单时限; `fire.p1` → 火情 P1; `route.fire` → 火情：移交. */
function wordOf(field: string, t: Words): string {
  const [first = '', second] = field.split('.')
  if (first === 'route') return t('manage:run.routeOf', { nature: t(`words:nature.${second}`) })
  if (second === undefined) return t(`manage:run.time.${first}`, { defaultValue: first })
  if (/^p\d$/.test(second)) {
    const what =
      first === 'unknown' ? t('manage:classRule.unknown') : t(`words:nature.${first}`, { defaultValue: first })
    return `${what} ${second.toUpperCase()}`
  }
  return `${first.toUpperCase()} ${t(`manage:run.time.${second}`, { defaultValue: second })}`
}

const typedOf = ({ times, rule, routes }: RunValues): Typed => ({
  times: Object.fromEntries(Object.entries(times).map(([key, ms]) => [key, String(ms / 1_000)])),
  ...{ rule, routes }
})

/** What is no number is sent as none that is allowed, so that the gateway says so at its field. */
function valuesOf({ times, rule, routes }: Typed): RunValues {
  const set = Object.entries(times).filter(([, text]) => text.trim() !== '')
  const ms = (text: string) => (Number.isFinite(Number(text)) ? Math.round(Number(text) * 1_000) : -1)
  return {
    times: Object.fromEntries(set.map(([key, text]) => [key, ms(text)])),
    rule: Object.fromEntries(Object.entries(rule).filter(([, classes]) => classes !== undefined)),
    routes: Object.fromEntries(Object.entries(routes).filter(([, services]) => services !== undefined))
  }
}
