/** Bars across the floor that must not be missed: the gateway is lost, the browser keeps the sound back; and what a screen reader is told of new alarms. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { useSession } from '../../session.tsx'
import { useConsole } from '../../state/store.ts'
import { titleOf } from '../../state/title.ts'
import { Button } from '../../ui/parts.tsx'
import { placeText } from '../../ui/place-text.ts'
import { clockText } from '../../ui/time.ts'
import { useFloor } from './floor-context.tsx'

export function OfflineBar() {
  const { t } = useTranslation()
  const { site } = useSession()
  const connection = useConsole(state => state.connection)
  const asOfMs = useConsole(state => state.asOfMs)
  if (connection.phase !== 'offline') return null
  return (
    <div className="bar-across amber" role="alert">
      <b>{t('floor:offline.title')}</b>
      {asOfMs > 0 && (
        <span>{t('floor:offline.asOf', { time: clockText(asOfMs, site?.timeZone ?? 'Asia/Shanghai') })}</span>
      )}
      <span>{t('floor:offline.instead')}</span>
    </div>
  )
}

export function SoundBar() {
  const { t } = useTranslation()
  const { sound } = useFloor()
  if (!sound.blocked) return null
  return (
    <div className="bar-across red" role="alert">
      <b>{t('floor:sound.blocked')}</b>
      <Button state="best" keyCap="T" onClick={() => void sound.test()}>
        {t('floor:sound.unlock')}
      </Button>
    </div>
  )
}

/** One sentence per new alarm: P1 as an alert, others as a status. What was there at load is not read out. */
export function Announcer() {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const loaded = useConsole(state => state.loaded)
  const known = useRef<Set<string> | undefined>(undefined)
  const [said, setSaid] = useState<Incident>()
  useEffect(() => {
    if (!loaded) return
    const fresh = [...incidents.values()].filter(each => each.state === 'new' && known.current?.has(each.id) === false)
    known.current = new Set(incidents.keys())
    const worst = fresh.toSorted((a, b) => a.priority - b.priority)[0]
    if (worst) setSaid(worst)
  }, [incidents, loaded])
  const sentence = said
    ? t('floor:announce', { priority: said.priority, title: titleOf(said, t), address: placeText(said, t) })
    : ''
  return (
    <>
      <p className="sr-only" role="alert">
        {said?.priority === 1 ? sentence : ''}
      </p>
      <p className="sr-only" role="status">
        {said && said.priority > 1 ? sentence : ''}
      </p>
    </>
  )
}
