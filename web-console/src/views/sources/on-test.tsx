/** 测试: puts a source or all of its household on test with a reason and an end, shows what arrives, ends it. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SourceTest, SourceTests, TestDraft, TestResult } from '../../../../gateway/core/source-test.ts'
import type { SourceDetail } from '../../../../gateway/core/sources.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { Button, type ButtonState } from '../../ui/parts.tsx'
import { ageText, clockText, minuteText } from '../../ui/time.ts'
import { useRecords } from '../../wire/use-records.ts'
import { Minutes, proposedMinutes } from './minutes.tsx'
import { useSend } from './use-send.ts'

const LENGTHS_MIN = [15, 30, 60, 120, 240, 480, 1_440] as const
const MIN_REASON = 2

const isOn = (test: SourceTest | undefined, nowMs: number): boolean =>
  test !== undefined && test.endedMs === undefined && nowMs < test.endMs

export function OnTest({ detail, onChange }: { readonly detail: SourceDetail; readonly onChange: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const { state, said, send } = useSend(onChange)
  const { test, testResults = [] } = detail
  const on = isOn(test, now)
  return (
    <section className="src-test" aria-label={t('sources:test.title')}>
      <h3>{t('sources:test.title')}</h3>
      {test && on && (
        <>
          <p className="src-test-on">
            <b>{t('sources:test.on', { age: ageText(test.endMs - now, t) })}</b>
            <span className="m">
              {test.reason} · {test.by} · {t(test.sourceId ? 'sources:test.one' : 'sources:test.wholeName')}
            </span>
          </p>
          <Button state={state} onClick={() => void send(`/api/sources/tests/${test.id}/end`)}>
            {t('sources:test.end')}
          </Button>
        </>
      )}
      {!on && <TestForm detail={detail} state={state} onDraft={draft => void send('/api/sources/tests', draft)} />}
      <p className="t-amb" role="status">
        {said}
      </p>
      {test && <Results results={testResults} on={on} />}
    </section>
  )
}

interface FormProps {
  readonly detail: SourceDetail
  readonly state: ButtonState
  readonly onDraft: (draft: TestDraft) => void
}

function TestForm({ detail: { line, ofSubject, testMaxMs }, state, onDraft }: FormProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState(proposedMinutes(testMaxMs))
  const [whole, setWhole] = useState(false)
  const whyNot = reason.trim().length < MIN_REASON ? t('sources:test.reasonShort') : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (whyNot === undefined && state !== 'sending')
      onDraft({ sourceId: line.id, whole, minutes, reason: reason.trim() })
  }
  return (
    <form onSubmit={submit}>
      <select
        value={whole ? 'whole' : 'one'}
        aria-label={t('sources:test.which')}
        onChange={event => setWhole(event.target.value === 'whole')}
      >
        <option value="one">{t('sources:test.one')}</option>
        {ofSubject > 1 && <option value="whole">{t('sources:test.whole', { n: ofSubject })}</option>}
      </select>
      <Minutes
        name={t('sources:test.length')}
        of={LENGTHS_MIN}
        maxMs={testMaxMs}
        value={minutes}
        onChange={setMinutes}
      />
      <input
        value={reason}
        maxLength={200}
        placeholder={t('sources:test.reason')}
        aria-label={t('sources:test.reason')}
        onChange={event => setReason(event.target.value)}
      />
      <Button type="submit" state={state} whyNot={whyNot}>
        {t('sources:test.begin')}
      </Button>
      <p className="d">{t('sources:test.help')}</p>
    </form>
  )
}

function Results({ results, on }: { readonly results: readonly TestResult[]; readonly on: boolean }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <div className="src-results">
      <h4 className="m">{t(on ? 'sources:test.arrived' : 'sources:test.arrivedLast')}</h4>
      {results.length === 0 && <p className="d">{t('sources:test.nothing')}</p>}
      <ol>
        {results.map(result => (
          <li key={result.seq} className={result.verdict === 'alarm' ? 't-red' : ''}>
            <time className="n d">{clockText(result.atMs, zone)}</time>
            <b>{resultText(result, t)}</b>
            <span>{t(`sources:test.verdict.${result.verdict}`)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function resultText(
  { condition, qualifier, alarmClass, zone, cause }: TestResult,
  t: ReturnType<typeof useTranslation>['t']
) {
  const what = cause ? t([`words:cause.${cause}`, cause]) : t(`words:alarmClass.${alarmClass}`)
  const kind =
    condition === 'alarm' || condition === 'fault' || condition === 'tamper' ? '' : t(`sources:test.${condition}`)
  return [
    what,
    kind,
    qualifier === 'restore' ? t('sources:test.restore') : '',
    zone && zone !== cause ? t('sources:test.zone', { zone }) : ''
  ]
    .filter(Boolean)
    .join(' ')
}

/** All tests that are under way, above the table; one of them ends with a press. */
export function TestList({ onChoose }: { readonly onChoose: (sourceId: string) => void }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const [tests, again] = useRecords<SourceTests>('/api/sources/tests', 'sourceTests')
  const now = useNow()
  const { state, said, send } = useSend(again)
  const active = tests?.active.filter(test => isOn(test, now)) ?? []
  if (active.length === 0) return null
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <section className="src-tests" aria-label={t('sources:test.list')}>
      <h2>{t('sources:test.list')}</h2>
      <ul>
        {active.map(test => (
          <li key={test.id} className="row g8">
            <i aria-hidden="true" />
            {test.sourceId === undefined ? (
              <b>{test.name}</b>
            ) : (
              <button type="button" className="link" onClick={() => onChoose(test.sourceId ?? '')}>
                {test.name} <span className="n">{test.sourceId}</span>
              </button>
            )}
            {test.sourceId === undefined && <span>{t('sources:test.wholeName')}</span>}
            <span className="m el">
              {test.reason} · {test.by}
            </span>
            <span className="n">{t('sources:test.until', { time: minuteText(test.endMs, zone) })}</span>
            <Button state={state} onClick={() => void send(`/api/sources/tests/${test.id}/end`)}>
              {t('sources:test.end')}
            </Button>
          </li>
        ))}
      </ul>
      <p className="t-amb" role="status">
        {said}
      </p>
    </section>
  )
}
