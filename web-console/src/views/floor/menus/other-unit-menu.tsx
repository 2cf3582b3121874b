/** 0: any free unit, by its name, first letters or code; of a large force the gateway lists only the nearest. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Unit } from '../../../../../gateway/core/unit.ts'
import { useNow } from '../../../state/clock.ts'
import { store, useConsole } from '../../../state/store.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { matchesOf, meantOf, type PickItem } from '../../../ui/pick-match.ts'
import { agoText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'

const MOST = 8
const BY_NAME = new Intl.Collator('zh', { numeric: true })

/** Sorted once, as the menu opens: a force of thousands moves every second. */
function freeNow(): readonly PickItem[] {
  return [...store.get().units.values()]
    .filter(isFree)
    .sort((a, b) => BY_NAME.compare(a.name, b.name))
    .map(({ id, name }) => ({ id, name }))
}

const isFree = (unit: Unit): boolean => unit.state === 'available'

export function OtherUnitMenu() {
  const { t } = useTranslation()
  const { chooseOther, openMenu } = useFloor()
  const [text, setText] = useState('')
  const [items] = useState(freeNow)
  const units = useConsole(state => state.units)
  const { shown, hidden } = matchesOf(items, text, MOST)
  const found = shown.flatMap(({ id }) => {
    const unit = units.get(id)
    return unit && isFree(unit) ? [unit] : []
  })
  const choose = (unitId: string) => {
    openMenu(undefined)
    chooseOther(unitId)
  }
  return (
    <form
      className="col g8 search"
      onSubmit={event => {
        event.preventDefault()
        const meant = meantOf(found, text)
        if (meant) choose(meant.id)
      }}
    >
      <div className="text-form">
        <input
          aria-label={t('floor:otherUnit.what')}
          placeholder={t('floor:otherUnit.what')}
          value={text}
          maxLength={40}
          ref={takeFocus}
          onChange={event => setText(event.target.value)}
        />
      </div>
      {found.map(unit => (
        <Row key={unit.id} unit={unit} onChoose={choose} />
      ))}
      <p className="m search-line" role="status">
        {found.length === 0 && t(items.length === 0 ? 'floor:otherUnit.none' : 'common:pick.nothing')}
        {hidden > 0 && t('floor:otherUnit.more', { n: hidden })}
      </p>
    </form>
  )
}

interface RowProps {
  readonly unit: Unit
  readonly onChoose: (unitId: string) => void
}

function Row({ unit: { id, name, unitClass, memberCount, position }, onChoose }: RowProps) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <button type="button" className="choice" onClick={() => onChoose(id)}>
      <span className="el grow">{name}</span>
      <span className="m nw">
        {t(`words:unitClass.${unitClass}`)} · {t('floor:units.people', { count: memberCount })}
      </span>
      <span className="d nw">
        {position
          ? t('floor:units.position', { ago: agoText(Math.max(0, now - position.atMs), t) })
          : t('floor:units.positionUnknown')}
      </span>
    </button>
  )
}
