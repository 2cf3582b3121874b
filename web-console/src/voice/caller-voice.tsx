/** 来电语音: what the caller says, as one strip under the pictures: recording or locked, and the first 10 seconds with one key. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceItem, Incident } from '../../../gateway/core/incident.ts'
import { failureText } from '../i18n/failure.ts'
import { useSession } from '../session.tsx'
import { Button } from '../ui/parts.tsx'
import { clockText, spanText } from '../ui/time.ts'
import { REPLAY_S, type Replay, useReplay } from './use-replay.ts'
import { onVoiceKey } from './voice-key.ts'
import './voice.css'

/** Nothing for an incident that nobody spoke to. */
export function CallerVoice({ incident }: { readonly incident: Incident }) {
  const voices = incident.evidence
    .filter(item => item.kind === 'voice')
    .toSorted((a, b) => a.createdAtMs - b.createdAtMs)
  const newest = voices.at(-1)
  return newest ? <Strip key={incident.id} voices={voices} newest={newest} /> : null
}

interface StripProps {
  readonly voices: readonly EvidenceItem[]
  readonly newest: EvidenceItem
}

function Strip({ voices, newest }: StripProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  // While a further call is being recorded, what was said before can be heard.
  const heard = voices.findLast(item => item.state === 'ready')
  const { replay, toggle } = useReplay(heard?.id)
  useVoiceKey(toggle)
  return (
    <section className="voice row g8" aria-label={t('floor:voice.title')}>
      <h3 className="head nw">{t('floor:voice.title')}</h3>
      <span className="m nw n">{clockText(newest.actualFromMs ?? newest.requestedFromMs, zone)}</span>
      <State item={newest} />
      {voices.length > 1 && <span className="m nw">{t('floor:voice.calls', { n: voices.length })}</span>}
      <span className="grow" />
      <Said replay={replay} />
      <Button
        className="small"
        keyCap="A"
        aria-pressed={replay.kind === 'playing'}
        whyNot={heard ? undefined : t('floor:voice.notYet')}
        onClick={toggle}
      >
        {t(replay.kind === 'playing' ? 'floor:voice.stop' : 'floor:voice.first', { n: REPLAY_S })}
      </Button>
    </section>
  )
}

function State({ item }: { readonly item: EvidenceItem }) {
  const { t } = useTranslation()
  if (item.state === 'recording') return <span className="nw">{t('floor:voice.recording')}</span>
  if (item.state === 'failed') return <span className="t-amb el">{failureText(item.failure ?? '', t)}</span>
  const from = item.actualFromMs ?? item.requestedFromMs
  const span = spanText((item.actualToMs ?? from) - from, t)
  return (
    <span className="m el">
      {t('floor:voice.locked', { span })}
      {item.gapMs ? ` · ${t('floor:voice.lost', { s: (item.gapMs / 1_000).toFixed(1) })}` : ''}
    </span>
  )
}

/** How the replay goes. */
function Said({ replay }: { readonly replay: Replay }) {
  const { t } = useTranslation()
  const text =
    replay.kind === 'playing'
      ? `0:${String(Math.floor(replay.atS)).padStart(2, '0')}`
      : replay.kind === 'fetching'
        ? t('floor:voice.fetching')
        : replay.kind === 'failed'
          ? t([`floor:voice.failed.${replay.code}`, `wall:player.refused.${replay.code}`, 'wall:player.refused.other'])
          : ''
  return (
    <span className={replay.kind === 'failed' ? 't-amb el' : 'm nw n'} role="status">
      {text}
    </span>
  )
}

function useVoiceKey(replay: () => void): void {
  const latest = useRef(replay)
  useEffect(() => {
    latest.current = replay
  })
  useEffect(() => onVoiceKey(() => latest.current()), [])
}
