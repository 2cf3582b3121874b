/** One choice out of many, found by typing: name, code or first letters of pinyin. */
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { matchesOf, type PickItem } from './pick-match.ts'
import { scaleNow } from './scale.ts'
import './pick.css'

interface PickProps {
  readonly items: readonly PickItem[]
  readonly value: string
  readonly onValue: (id: string) => void
  /** The word of "none", which is a choice, too; absent where there must be one. */
  readonly none?: string
  /** Shown while nothing is chosen. */
  readonly placeholder?: string
  readonly id?: string
  readonly 'aria-label'?: string
  readonly 'aria-invalid'?: boolean
  readonly 'aria-describedby'?: string | undefined
}

const LONGEST = 40
/** Of the list, as pick.css has it. */
const LIST_PX = 300

export function Pick({ items, value, onValue, none, placeholder, ...attributes }: PickProps) {
  const { t } = useTranslation()
  const listId = useId()
  const input = useRef<HTMLInputElement>(null)
  /** Undefined: the list is shut. */
  const [text, setText] = useState<string>()
  const [at, setAt] = useState(0)
  const open = text !== undefined
  const nameOf = useMemo(() => new Map(items.map(({ id, name }) => [id, name])), [items])
  const { shown, hidden } = useMemo(() => (open ? matchesOf(items, text) : NOTHING), [items, open, text])
  const blank = none !== undefined && text?.trim() === ''
  const rows = blank ? [{ id: '', name: none }, ...shown] : shown
  const chosen = Math.min(at, rows.length - 1)
  // What is chosen stands there while the choices are still asked for.
  const said = value === '' ? (none ?? '') : (nameOf.get(value) ?? value)
  const show = (words: string) => {
    setText(words)
    setAt(0)
  }
  const shut = () => setText(undefined)
  const take = (item: PickItem | undefined) => {
    if (!item) return
    shut()
    if (item.id !== value) onValue(item.id)
  }
  const key = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (!open) {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
      show('')
    } else if (event.key === 'ArrowDown') setAt(Math.min(rows.length - 1, chosen + 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1))
    else if (event.key === 'Enter') take(rows[chosen])
    else if (event.key === 'Escape') shut()
    else return
    // Neither the form is sent nor the drawer shut.
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <span className="pick">
      <input
        {...attributes}
        ref={input}
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && rows.length > 0 ? `${listId}-${chosen}` : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={LONGEST}
        placeholder={open ? said : placeholder}
        value={text ?? said}
        onChange={event => show(event.target.value)}
        onClick={() => open || show('')}
        onKeyDown={key}
        onBlur={shut}
      />
      <span className="pick-mark" aria-hidden="true">
        ▾
      </span>
      <List {...{ id: listId, open, input, label: attributes['aria-label'] ?? t('common:pick.list'), onShut: shut }}>
        {rows.map((item, n) => (
          <button
            key={item.id}
            id={`${listId}-${n}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={n === chosen}
            className="pick-row row g8"
            onClick={() => take(item)}
          >
            <span className="el">{item.name}</span>
            {item.id === value && <span aria-hidden="true">✓</span>}
            <span className="d el grow n">{item.more}</span>
          </button>
        ))}
        {rows.length === 0 && <p className="m pick-note">{t('common:pick.nothing')}</p>}
        {hidden > 0 && <p className="m pick-note">{t('common:pick.more', { n: hidden })}</p>}
      </List>
    </span>
  )
}

const NOTHING = { shown: [], hidden: 0 } as const

interface ListProps {
  readonly id: string
  readonly open: boolean
  readonly label: string
  readonly input: { readonly current: HTMLInputElement | null }
  readonly onShut: () => void
  readonly children: React.ReactNode
}

/** Over everything, dialogs too: a form that scrolls would cut it off. */
function List({ id, open, label, input, onShut, children }: ListProps) {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const field = input.current?.getBoundingClientRect()
    if (!open || !list.current || !field) return
    const { style } = list.current
    // What is measured is the window's; what is set is the page's.
    const scale = scaleNow()
    const px = (length: number) => `${length / scale}px`
    const below = window.innerHeight - field.bottom
    const up = below < LIST_PX * scale && field.top > below
    style.left = px(field.left)
    style.minWidth = px(field.width)
    style.maxHeight = px(Math.min(LIST_PX * scale, (up ? field.top : below) - 8))
    style.top = up ? 'auto' : px(field.bottom + 2)
    style.bottom = up ? px(window.innerHeight - field.top + 2) : 'auto'
    list.current.showPopover()
  }, [open, input])
  useEffect(() => {
    if (!open) return
    const moved = (event: Event) => list.current?.contains(event.target as Node) || onShut()
    window.addEventListener('scroll', moved, true)
    window.addEventListener('resize', moved)
    return () => {
      window.removeEventListener('scroll', moved, true)
      window.removeEventListener('resize', moved)
    }
  })
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  })
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      tabIndex={-1}
      aria-label={label}
      popover={open ? 'manual' : undefined}
      hidden={!open}
      className="pick-list"
      // The field keeps the focus: what was typed is not thrown away by a press on the list.
      onMouseDown={event => event.preventDefault()}
    >
      {children}
    </div>
  )
}
