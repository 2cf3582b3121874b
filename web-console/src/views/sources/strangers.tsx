/** Peers whose frames name nobody of the registry: a wrongly typed account, a foreign box, noise; a press shows their frames. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TraceStrangers } from '../../../../gateway/core/trace.ts'
import { useNow } from '../../state/clock.ts'
import { Button } from '../../ui/parts.tsx'
import { agoText } from '../../ui/time.ts'
import { usePolled } from '../../wire/use-polled.ts'
import { protocolText } from './row.tsx'

const EVERY_MS = 5_000

export function Strangers({ onChoose }: { readonly onChoose: (id: string) => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const [open, setOpen] = useState(false)
  const [found] = usePolled<TraceStrangers>('/api/sources/strangers', EVERY_MS)
  const all = found?.strangers ?? []
  if (all.length === 0) return null
  return (
    <div className="src-strangers">
      <Button aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('sources:strangers.title', { n: all.length })}
      </Button>
      {open && (
        <ul className="panel">
          {all.map(({ id, protocol, name, atMs, frames, fault }) => (
            <li key={id}>
              <button type="button" className="row g8" onClick={() => onChoose(id)}>
                <b className="n">{name}</b>
                <span className="m">{protocolText(protocol, t)}</span>
                {fault && <span className="chip amber">{t([`sources:frames.reason.${fault}`, fault])}</span>}
                <span className="grow" />
                <span className="d n">
                  {t('sources:strangers.frames', { count: frames })} · {agoText(now - atMs, t)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
