/** 通话语音: what the caller says, as one strip under the pictures: recording or locked, and the first 10 seconds with one key. */
import type { TFunction } from 'i18next'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceItem, Incident } from '../../../gateway/core/incident.ts'
import { failureText, isSilentItem } from '../i18n/failure.ts'
import { useSession } from '../session.tsx'
import { useInCall } from '../sound/in-call.ts'
import { Icon } from '../ui/icons.tsx'
import { Button } from '../ui/parts.tsx'
import { clockText, durationText } from '../ui/time.ts'
import type { LineMode, LineState } from './call-line.ts'
import { useCallLine } from './use-call-line.ts'
import { REPLAY_S, type Replay, useReplay } from './use-replay.ts'
import { onVoiceKeys } from './voice-key.ts'
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
  const line = useCallLine(newest.id)
  const open = newest.state === 'recording'
  useInCall(line.mode === 'live' && line.state?.kind === 'playing')
  // While the call goes on its beginning comes from where it is being recorded.
  const first = () => (open || line.mode === 'first' ? line.toggle('first') : toggle())
  const hear = () => (open || line.mode === 'live' ? line.toggle('live') : undefined)
  useVoiceKeys({ replay: first, hear })
  const said = line.state && line.mode ? lineText(line.mode, line.state, t) : replayText(replay, t)
  const playing = line.mode === 'first' ? line.state?.kind === 'playing' : replay.kind === 'playing'
  return (
    <section className="voice row g8" aria-label={t('floor:voice.title')}>
      <h3 className="head nw" title={`${t('floor:voice.title')} · ${t('floor:voice.calls', { n: voices.length })}`}>
        <Icon name="panicPhone" size={16} />
        <span className="sr-only">{t('floor:voice.title')}</span>
      </h3>
      {!open && <span className="m nw n">{clockText(newest.actualFromMs ?? newest.requestedFromMs, zone)}</span>}
      <State item={newest} />
      <span className="grow" />
      <Said {...said} />
      <Button
        className="small"
        keyCap="A"
        aria-pressed={playing}
        whyNot={heard || open ? undefined : t('floor:voice.notYet')}
        onClick={first}
      >
        {t(playing ? 'floor:voice.stop' : 'floor:voice.first', { n: REPLAY_S })}
      </Button>
      {(open || line.mode === 'live') && (
        <Button
          className="small"
          keyCap="⇧A"
          aria-pressed={line.mode === 'live' && line.state?.kind === 'playing'}
          onClick={hear}
        >
          {t(line.mode === 'live' && line.state?.kind === 'playing' ? 'floor:voice.stop' : 'floor:voice.hear')}
        </Button>
      )}
    </section>
  )
}

function State({ item }: { readonly item: EvidenceItem }) {
  const { t } = useTranslation()
  if (item.state === 'recording') return <span className="nw">{t('floor:voice.recording')}</span>
  if (isSilentItem(item)) return <span className="m el">{t('floor:voice.nothing')}</span>
  if (item.state === 'failed') return <span className="t-amb el">{failureText(item.failure ?? '', t)}</span>
  const from = item.actualFromMs ?? item.requestedFromMs
  const span = durationText((item.actualToMs ?? from) - from, t)
  return (
    <span className="m el">
      {t('floor:voice.locked', { span })}
      {item.gapMs ? ` · ${t('floor:voice.lost', { s: (item.gapMs / 1_000).toFixed(1) })}` : ''}
    </span>
  )
}

interface Words {
  readonly text: string
  readonly bad?: boolean
}

function Said({ text, bad }: Words) {
  return (
    <span className={bad ? 't-amb el' : 'm nw n'} role="status">
      {text}
    </span>
  )
}

const timeText = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, '0')}`

function failed(code: string, t: TFunction): Words {
  const text = t([`floor:voice.failed.${code}`, `wall:player.refused.${code}`, 'wall:player.refused.other'])
  return { text, bad: true }
}

function replayText(replay: Replay, t: TFunction): Words {
  switch (replay.kind) {
    case 'idle':
      return { text: '' }
    case 'fetching':
      return { text: t('floor:voice.fetching') }
    case 'playing':
      return { text: timeText(replay.atS) }
    case 'failed':
      return failed(replay.code, t)
  }
}

function lineText(mode: LineMode, state: LineState, t: TFunction): Words {
  switch (state.kind) {
    case 'connecting':
      return { text: t('floor:voice.connecting') }
    case 'playing': {
      const time = timeText(state.atS)
      return { text: mode === 'first' ? time : t('floor:voice.hearing', { time }) }
    }
    case 'over':
      return { text: '' }
    case 'failed':
      return failed(state.code, t)
  }
}

function useVoiceKeys(keys: { readonly replay: () => void; readonly hear: () => void }): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const run = (key: 'replay' | 'hear') => () => {
      latest.current[key]()
      return true
    }
    return onVoiceKeys({ replay: run('replay'), hear: run('hear') })
  }, [])
}
