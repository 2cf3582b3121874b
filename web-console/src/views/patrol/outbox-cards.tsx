/** Off line: since when, what the floor still believes, what waits in which order; and what was refused, with the reason. */
import { useTranslation } from 'react-i18next'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { clockText, etaText } from '../../ui/time.ts'
import type { Phone } from './context.ts'
import type { Command } from './outbox.ts'
import { PhoneButton, PhoneIcon } from './parts.tsx'
import type { Screen } from './screen.ts'

export interface OutboxCardsProps {
  readonly phone: Phone
  readonly screen: Screen
  readonly onRead: () => void
}

export function OutboxCards({ phone, screen, onRead }: OutboxCardsProps) {
  const ahead = (screen.kind === 'enRoute' || screen.kind === 'onScene') && screen.ahead
  return (
    <>
      {phone.offline && <OfflineCard />}
      {phone.offline && ahead && <Believed task={screen.task} timeZone={phone.timeZone} />}
      {phone.offline && <Pending phone={phone} />}
      {phone.outbox.refused.length > 0 && <RefusedCard phone={phone} onRead={onRead} />}
    </>
  )
}

function OfflineCard() {
  const { t } = useTranslation()
  const connection = useConsole(state => state.connection)
  useNow()
  return (
    <section className="card amber row g12 top" role="alert">
      <span className="t-amb">
        <PhoneIcon name="noNetwork" size={30} />
      </span>
      <div className="grow">
        <p className="t20">{t('patrol:offlineFor', { age: etaText((Date.now() - connection.sinceMs) / 1_000, t) })}</p>
        <p>{t('patrol:offlineHow')}</p>
        <p className="m">{t('patrol:urgentCall')}</p>
      </div>
    </section>
  )
}

function Believed({ task, timeZone }: { readonly task: PatrolTask; readonly timeZone: string }) {
  const { t } = useTranslation()
  const asOfMs = useConsole(state => state.asOfMs)
  return (
    <section className="card row g12">
      <PriorityShape priority={task.priority} size={30} />
      <p className="grow">
        {t('patrol:believed')} <b className="t-amb">{t(`words:assignment.${task.assignmentState}`)}</b>
        {t('patrol:listComma')}
        <span className="n">{clockText(asOfMs, timeZone)}</span>
      </p>
    </section>
  )
}

/** What the person did; that messages were seen the phone tells by itself. */
function Pending({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation()
  const pending = phone.outbox.pending.filter(each => each.command.kind !== 'messagesSeen')
  if (pending.length === 0) return null
  return (
    <section className="phone-pad">
      <h2 className="lab row">
        {t('patrol:pending', { n: pending.length })}
        <span className="grow" />
        {t('patrol:deviceTime')}
      </h2>
      <ol className="card list">
        {pending.map((each, index) => (
          <li key={each.seq}>
            <span className="m n">{index + 1}</span>
            <CommandWord command={each.command} />
            <time className="command-time d n">{clockText(each.deviceTimeMs, phone.timeZone)}</time>
          </li>
        ))}
      </ol>
    </section>
  )
}

function RefusedCard({ phone, onRead }: { readonly phone: Phone; readonly onRead: () => void }) {
  const { t } = useTranslation()
  const { refused } = phone.outbox
  return (
    <section className="card red" role="alert">
      <h2 className="t-red t17">{t('patrol:refused', { n: refused.length })}</h2>
      <ul>
        {refused.map(each => (
          <li key={`${each.deviceTimeMs}${each.command.kind}`} className="refused-row">
            <CommandWord command={each.command} />
            <span className="m">
              {t([`patrol:refusedWhy.${each.code}`, `words:error.${each.code}`, 'words:error.UNKNOWN'])}
            </span>
            <time className="command-time d n">{clockText(each.deviceTimeMs, phone.timeZone)}</time>
          </li>
        ))}
      </ul>
      <PhoneButton kind="quiet" onPress={onRead}>
        {t('patrol:read')}
      </PhoneButton>
    </section>
  )
}

function CommandWord({ command }: { readonly command: Command }) {
  const { t } = useTranslation()
  const detail =
    command.kind === 'report' || command.kind === 'finish' || command.kind === 'message' || command.kind === 'situation'
      ? command.text
      : command.kind === 'decline' || command.kind === 'withdraw'
        ? command.reason
        : ''
  return (
    <span className="grow el">
      {t(`patrol:command.${command.kind}`)}
      {detail && <span className="m"> {detail}</span>}
    </span>
  )
}
