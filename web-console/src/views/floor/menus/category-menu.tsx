/** L: category 类别, type 类型 and sub-type 细类, a digit each; Enter keeps what has been chosen so far. */
import { useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../../session.tsx'
import { childrenOf, nameOf, pathOf } from '../../../state/categories.ts'
import { Button } from '../../../ui/parts.tsx'
import { useFloor } from '../floor-context.tsx'
import { isTyping } from '../keys.ts'
import { DigitMenu } from './digit-menu.tsx'

/** What the operator has found already is not asked again. */
export function CategoryMenu() {
  const { incident, act } = useFloor()
  const start = incident?.category?.code.slice(0, 1) ?? ''
  return <CategoryDigits start={start} choose={category => void act({ action: 'categorize', category })} />
}

interface CategoryDigitsProps {
  readonly start: string
  readonly choose: (code: string) => void
}

/** Digits lead down; the last one chooses, Enter before that, Backspace leads up. */
export function CategoryDigits({ start, choose }: CategoryDigitsProps) {
  const { t, i18n } = useTranslation()
  const { settings } = useSession()
  const rows = settings?.categories ?? []
  const [code, setCode] = useState(start)
  const go = (next: string) => (childrenOf(rows, next).length > 0 ? setCode(next) : choose(next))
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.repeat || code === '') return
      if (event.key === 'Enter') choose(code)
      else if (event.key === 'Backspace') setCode(code.slice(0, -1))
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  }, [code, choose])
  return (
    <>
      {code !== '' && (
        <div className="row g8 menu-said">
          <b>{pathOf(rows, code, i18n.language)}</b>
          <span className="grow" />
          <Button className="small" keyCap="⌫" onClick={() => setCode(code.slice(0, -1))}>
            {t('floor:menu.categoryUp')}
          </Button>
          <Button className="small" state="best" keyCap="↵" onClick={() => choose(code)}>
            {t('floor:menu.categoryEnough')}
          </Button>
        </div>
      )}
      <DigitMenu
        key={code}
        choices={childrenOf(rows, code).map(row => ({
          label: nameOf(row, i18n.language),
          digit: Number(row.code.at(-1)),
          choose: () => go(row.code)
        }))}
      />
    </>
  )
}
