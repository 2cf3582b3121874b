/** The controls of the clock: play, frames, jumps, speed, marks, and the time itself, which can be typed. */
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Director, DirectorView } from '../../player/play-director.ts'
import { SPEEDS } from '../../player/play-director.ts'
import { serverNowMs } from '../../state/clock.ts'
import { Button } from '../../ui/parts.tsx'
import type { PlaybackKey } from './keys.ts'
import { parseSiteTime, siteTimeText } from './site-time.ts'

export function useDirector(director: Director): DirectorView {
  return useSyncExternalStore(
    listener => director.subscribe(listener),
    () => director.view
  )
}

export interface TransportProps {
  readonly director: Director
  readonly zone: string
  readonly act: (key: PlaybackKey) => void
}

/** A sign stands for the word where everybody knows it. */
const STEPS: readonly (readonly [PlaybackKey, string, string?])[] = [
  ['back60', '⇧←'],
  ['back5', '←'],
  ['frameBack', ',', '◂|'],
  ['frameForward', '.', '|▸'],
  ['forward5', '→'],
  ['forward60', '⇧→']
]

export function Transport({ director, zone, act }: TransportProps) {
  const { t } = useTranslation()
  const view = useDirector(director)
  return (
    <div className="pb-transport" role="toolbar" aria-label={t('playback:controls')}>
      <Button state="best" className="pb-play" keyCap={t('floor:key.space')} onClick={() => act('toggle')}>
        {t(view.playing ? 'playback:pause' : 'playback:play')}
      </Button>
      <div className="pb-steps">
        {STEPS.map(([key, cap, sign]) => {
          const word = t(`playback:act.${key}`)
          return (
            <Button
              key={key}
              onClick={() => act(key)}
              title={`${word} ${cap}`}
              {...(sign ? { 'aria-label': word } : {})}
            >
              {sign ?? word}
            </Button>
          )
        })}
      </div>
      <fieldset className="pb-speeds">
        <legend className="sr-only">{t('playback:speed')}</legend>
        {SPEEDS.map(speed => (
          <Button key={speed} aria-pressed={view.speed === speed} onClick={() => director.setSpeed(speed)}>
            {speed}×
          </Button>
        ))}
      </fieldset>
      <span className="pb-said m t12 el" role="status">
        {saidOf(view, t)}
      </span>
      <TimeEntry director={director} zone={zone} />
    </div>
  )
}

function saidOf(view: DirectorView, t: (key: string) => string): string {
  if (view.scrubbing) return t('playback:said.searching')
  if (view.playing && view.waiting) return t('playback:said.waiting')
  if (view.playing && view.newest) return t('playback:said.newest')
  if (view.keys) return t('playback:said.keys')
  return ''
}

/** Shows the clock; typing a time and Enter goes there. */
function TimeEntry({ director, zone }: Pick<TransportProps, 'director' | 'zone'>) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState<string>()
  const [wrong, setWrong] = useState(false)
  useEffect(() => {
    if (typed !== undefined) return
    const show = () => {
      if (input.current) input.current.value = siteTimeText(director.atMs, zone)
    }
    show()
    const timer = setInterval(show, 100)
    return () => clearInterval(timer)
  }, [director, zone, typed])
  const go = () => {
    const ms = parseSiteTime(typed ?? '', zone, serverNowMs())
    setWrong(ms === undefined)
    if (ms === undefined) return
    director.seek(ms)
    setTyped(undefined)
    input.current?.blur()
  }
  return (
    <form
      className="pb-time"
      onSubmit={event => {
        event.preventDefault()
        go()
      }}
    >
      <input
        ref={input}
        id="pb-time"
        className="n"
        aria-label={t('playback:time')}
        aria-invalid={wrong || undefined}
        title={t('playback:timeHelp')}
        maxLength={19}
        defaultValue={siteTimeText(director.atMs, zone)}
        onChange={event => setTyped(event.target.value)}
        onBlur={() => {
          setTyped(undefined)
          setWrong(false)
        }}
      />
      {wrong && (
        <span className="t-red t12" role="alert">
          {t('playback:timeWrong')}
        </span>
      )}
    </form>
  )
}
