/** Z: which open incident is of the same event, then merged into it or only linked. */
import { useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Similar } from '../../../../../gateway/core/similar.ts'
import { whyNot, whyNotMerge } from '../../../state/rights.ts'
import { useConsole } from '../../../state/store.ts'
import { useFloor } from '../floor-context.tsx'
import { commandOf, isTyping } from '../keys.ts'
import { useSimilarText } from '../panel/similar.tsx'
import { DigitMenu } from './digit-menu.tsx'
import { OtherIncident } from './other-incident.tsx'

/** Why it cannot be merged into the other one as things are now, in words. */
function useWhyNotMerge(other: Similar | undefined): string | undefined {
  const { t } = useTranslation()
  const { incident, user, connected } = useFloor()
  const into = useConsole(state => (other ? state.incidents.get(other.id) : undefined))
  if (!incident || !other) return undefined
  const why = whyNot('merge', { incident, user, connected })
  if (why) return t([`floor:whyNot.${why}`, `words:error.${why}`])
  const illegal = into && whyNotMerge(incident, into)
  return illegal && t(`words:illegal.${illegal}`)
}

/** `/` finds the other one here: the floor's own search would open what was to be linked. */
function useSlash(on: boolean, search: () => void): void {
  useLayoutEffect(() => {
    if (!on) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (isTyping(event.target) || commandOf(event, false)?.name !== 'search') return
      event.preventDefault()
      event.stopPropagation()
      search()
    }
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  })
}

export function SimilarMenu() {
  const { t } = useTranslation()
  const { similar, act, select, incident } = useFloor()
  const text = useSimilarText()
  const [other, setOther] = useState<Similar>()
  const [searching, setSearching] = useState(false)
  const mergeNot = useWhyNotMerge(other)
  useSlash(other === undefined && !searching, () => setSearching(true))
  if (!incident) return null
  if (!other && searching)
    return (
      <OtherIncident
        not={incident}
        choose={({ id, number, subject, state, openedAtMs }) =>
          setOther({
            id,
            number,
            ...{ name: subject.name, nameEn: subject.nameEn },
            state,
            why: [],
            apartMs: Math.abs(openedAtMs - incident.openedAtMs)
          })
        }
      />
    )
  if (!other)
    return (
      <>
        {similar.length === 0 && <p className="m menu-said">{t('floor:similar.none')}</p>}
        <DigitMenu
          choices={[
            ...similar.map((each, n) => ({ label: text(each), fits: n === 0, choose: () => setOther(each) })),
            { label: t('floor:similar.other'), choose: () => setSearching(true) }
          ]}
        />
      </>
    )
  return (
    <>
      <p className="menu-said">
        <b>{text(other)}</b>
      </p>
      <DigitMenu
        key="what"
        choices={[
          {
            label: t('floor:similar.merge', { number: other.number }),
            ...(mergeNot === undefined ? {} : { whyNot: mergeNot }),
            choose: () => void act({ action: 'merge', into: other.id })
          },
          { label: t('floor:similar.link'), fits: true, choose: () => void act({ action: 'link', to: other.id }) },
          { label: t('floor:similar.look'), choose: () => select(other.id) }
        ]}
      />
    </>
  )
}
