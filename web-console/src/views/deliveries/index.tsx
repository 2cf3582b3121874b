/** 外发: which systems are told, how far each message is, and what was given up; for the administrator. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Deliveries, DeliveryState } from '../../../../gateway/core/outwards.ts'
import { mayLeave } from '../../state/unsaved.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { usePolled } from '../../wire/use-polled.ts'
import { Once, useOnce } from '../manage/once.tsx'
import { NEW } from '../manage/use-list.ts'
import { DeliveryTable } from './messages.tsx'
import { SinkDrawer } from './sink-drawer.tsx'
import { SinkTable } from './sinks.tsx'
import '../admin/admin.css'
import '../manage/manage.css'
import './deliveries.css'

const EVERY_MS = 2_000
const BEGINNING: Readonly<Record<DeliveryState, number>> = { waiting: 0, dead: 0, delivered: 0 }

export default function DeliveriesView() {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const words = text.trim()
  const [from, setFrom] = useState(BEGINNING)
  const places = Object.entries(from).flatMap(([state, place]) => (place === 0 ? [] : [[state, String(place)]]))
  const [found, renew] = usePolled<Deliveries>(
    `/api/deliveries?${new URLSearchParams([...(words === '' ? [] : [['text', words]]), ...places])}`,
    EVERY_MS
  )
  const tableOf = (kind: DeliveryState) => ({
    ...{
      kind,
      renew,
      sinks: found?.sinks ?? [],
      rows: found?.[kind] ?? [],
      count: found?.found[kind] ?? 0,
      from: from[kind]
    },
    onFrom: (place: number) => setFrom({ ...from, [kind]: place })
  })
  const emptyOf = (word: string) => t(words === '' ? word : 'deliveries:noneFound')
  const [chosen, setChosen] = useState<string>()
  const once = useOnce()
  const choose = (name: string | undefined) => {
    if (name !== chosen && mayLeave(`record ${name}`)) setChosen(name)
  }
  return (
    <main className="admin">
      <TopBar />
      {found && (
        <div className="deliveries-split">
          <div className="admin-body deliveries">
            <Once once={once} wordOf={name => t('deliveries:form.once', { name })} taken={t('deliveries:form.taken')} />
            <SinkTable {...{ sinks: found.sinks, renew, chosen }} onChoose={choose} onAdd={() => choose(NEW)} />
            <search className="mng-filter row g8 deliveries-find">
              <input
                type="search"
                value={text}
                maxLength={80}
                placeholder={t('deliveries:find')}
                aria-label={t('deliveries:find')}
                onChange={event => {
                  setText(event.target.value)
                  setFrom(BEGINNING)
                }}
              />
            </search>
            <div className="admin-columns">
              <div className="admin-column">
                <DeliveryTable {...tableOf('dead')} empty={emptyOf('deliveries:noDeadText')} />
                <DeliveryTable {...tableOf('waiting')} empty={emptyOf('deliveries:noWaiting')} />
              </div>
              <div className="admin-column">
                <DeliveryTable {...tableOf('delivered')} empty={emptyOf('deliveries:noDelivered')} />
              </div>
            </div>
          </div>
          {chosen !== undefined && (
            <SinkDrawer
              key={chosen}
              name={chosen}
              onClose={() => setChosen(undefined)}
              onChanged={(name, secret) => {
                setChosen(name)
                if (secret) once.show(secret.name, secret.secret)
                renew()
              }}
            />
          )}
        </div>
      )}
    </main>
  )
}
