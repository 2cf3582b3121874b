/** Times by priority: an empty field is the file's value, which stands in it in grey. */
import { useTranslation } from 'react-i18next'
import type { RunSettingsDetail, TimeKey } from '../../../../../gateway/core/run-settings.ts'
import { type Faults, faultText } from '../fields.tsx'
import type { Typed } from './index.tsx'
import { PRIORITIES, SINGLES, TIMERS, ZERO_IS_TIME } from './shown.ts'

interface GivenTimes {
  readonly detail: RunSettingsDetail
  readonly typed: Typed
  readonly faults: Faults
  readonly onTime: (key: TimeKey, text: string) => void
}

export function TimesTable(given: GivenTimes) {
  const { t } = useTranslation()
  return (
    <section className="wide mng-report" aria-label={t('manage:run.times')}>
      <h3>{t('manage:run.times')}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('manage:run.seconds')}</th>
            {PRIORITIES.map(each => (
              <th key={each} scope="col">
                P{each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {TIMERS.map(timer => (
            <tr key={timer}>
              <th scope="row">{t(`manage:run.time.${timer}`)}</th>
              {PRIORITIES.map(priority => (
                <td key={priority}>
                  <TimeField
                    {...given}
                    id={`p${priority}.${timer}`}
                    word={`P${priority} ${t(`manage:run.time.${timer}`)}`}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Those of no priority, under what they are about. */
export function SingleTimes(given: GivenTimes) {
  const { t } = useTranslation()
  return SINGLES.map(({ about, keys }) => (
    <section key={about} className="wide" aria-label={t(`manage:run.about.${about}`)}>
      <h3 className="mng-about">
        {t(`manage:run.about.${about}`)} <span className="m t12">{t('manage:run.seconds')}</span>
      </h3>
      <div className="mng-singles">
        {keys.map(key => (
          <div key={key} className="mng-field">
            <span className="m t12">{t(`manage:run.time.${key}`)}</span>
            <TimeField {...given} id={key} word={t(`manage:run.time.${key}`)} />
          </div>
        ))}
      </div>
    </section>
  ))
}

interface TimeFieldProps extends GivenTimes {
  readonly id: TimeKey
  readonly word: string
}

function TimeField({ detail, typed, faults, onTime, id, word }: TimeFieldProps) {
  const { t } = useTranslation()
  const text = typed.times[id] ?? ''
  const own = faults.filter(each => each.field === id)
  const [least, most] = detail.bounds[id].map(ms => ms / 1_000)
  const file = detail.file.times[id]
  const isSet = text.trim() !== ''
  return (
    <span className="mng-time" data-field={id}>
      <span className="row g4">
        <input
          {...{ 'aria-label': word, value: text, inputMode: 'decimal', autoComplete: 'off' }}
          className={isSet ? 'n set' : 'n'}
          placeholder={file === 0 && !ZERO_IS_TIME.has(id) ? t('manage:run.never') : String(file / 1_000)}
          title={t('manage:run.bounds', { least, most })}
          aria-invalid={own.length > 0}
          aria-describedby={own.length > 0 ? `${id}-fault` : undefined}
          onChange={event => onTime(id, event.target.value)}
        />
        {isSet && (
          <button
            type="button"
            className="mng-back"
            aria-label={t('manage:run.backOf', { what: word })}
            title={t('manage:run.back')}
            onClick={() => onTime(id, '')}
          >
            ↺
          </button>
        )}
      </span>
      {own.length > 0 && (
        <span id={`${id}-fault`} className="mng-fault">
          {own.map(fault => faultText(fault, t)).join(t('common:comma'))}
        </span>
      )}
    </span>
  )
}
