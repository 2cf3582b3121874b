/** Lines of a check: what is well, what is not, what is not known; and the alarm lines among them, as numbers. */
import { useTranslation } from 'react-i18next'
import type { AlarmLines } from '../../../gateway/core/lines-wire.ts'
import { useNow } from '../state/clock.ts'
import { linesTrouble } from '../state/lines-trouble.ts'
import { useConsole } from '../state/store.ts'
import { usePolled } from '../wire/use-polled.ts'
import { Icon } from './icons.tsx'
import { agoText } from './time.ts'
import './lines-check.css'

interface CheckProps {
  /** Undefined: not known to this seat. */
  readonly good: boolean | undefined
  readonly name: string
  readonly children: React.ReactNode
}

export function Check({ good, name, children }: CheckProps) {
  return (
    <li className="check row g12">
      <span className={good === undefined ? 'd' : good ? 't-ok' : 't-amb'}>
        <Icon name={good === undefined ? 'list' : good ? 'check' : 'warning'} />
      </span>
      <span className="check-name">{name}</span>
      <span className="m">{children}</span>
    </li>
  )
}

/** Alarm lines as numbers, and the exchanges of the telephone; which one is down the notice names. */
export function LinesCheck() {
  const { t } = useTranslation()
  const now = useNow()
  const notices = useConsole(state => state.notices)
  const [lines] = usePolled<AlarmLines>('/api/lines', LINES_EVERY_MS)
  const { adapters, exchanges, lastSignalAtMs = 0 } = lines ?? {}
  const trouble = linesTrouble(notices.values())
  return (
    <>
      <Check good={trouble ? false : adapters && adapters.running === adapters.all} name={t('floor:check.lines')}>
        {trouble === 'notStored' && t('floor:check.linesNotStored')}
        {trouble &&
          trouble !== 'notStored' &&
          t('floor:check.linesDown', { names: trouble.down.join(t('common:comma')) })}
        {!trouble &&
          (adapters
            ? t('floor:check.linesOf', { n: adapters.running, m: adapters.all })
            : t('floor:check.linesUnknown'))}
        {lastSignalAtMs > 0 && t('floor:check.lastSignal', { ago: agoText(now - lastSignalAtMs, t) })}
      </Check>
      <Check
        good={exchanges && exchanges.all > 0 ? exchanges.answering === exchanges.all : undefined}
        name={t('floor:check.exchanges')}
      >
        {exchanges && exchanges.all > 0
          ? t('floor:check.exchangesOf', { n: exchanges.answering, m: exchanges.all })
          : t('floor:check.exchangesUnknown')}
      </Check>
    </>
  )
}

const LINES_EVERY_MS = 15_000
