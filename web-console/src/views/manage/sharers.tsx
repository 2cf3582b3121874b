/** 合用: the other households of a number that several share; nobody can tell which of them it is that calls. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Sharer, SubjectPage } from '../../../../gateway/core/subject-record.ts'
import { Button } from '../../ui/parts.tsx'
import { type Faults, TextField } from './fields.tsx'
import { useDetail } from './use-detail.ts'

const SHOWN = 6
/** As the gateway bounds them (RECORD_LIMITS.sharers). */
const MAX_SHARERS = 20

interface SharersProps {
  readonly also: readonly Sharer[]
  readonly onAlso: (also: readonly Sharer[]) => void
  readonly field: string
  readonly faults: Faults
  /** Of the household whose form this is. */
  readonly self: string | undefined
}

export function Sharers({ also, onAlso, field, faults, self }: SharersProps) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const query = new URLSearchParams({ kinds: 'household,premises', text: text.trim(), limit: String(SHOWN) })
  const found = useDetail<SubjectPage>(text.trim() === '' ? undefined : `/api/subjects?${query}`)
  const here = new Set([...also.map(each => each.id), self])
  const others = found?.rows.filter(each => !here.has(each.id)) ?? []
  const add = ({ id, name, address }: Sharer) => {
    onAlso([...also, { id, name, address }])
    setText('')
  }
  const isWrong = faults.some(fault => fault.field === field)
  if (!isOpen && also.length === 0 && !isWrong)
    return (
      <p className="wide">
        <Button onClick={() => setOpen(true)}>{t('manage:share.open')}</Button>
      </p>
    )
  return (
    <div className="wide mng-members mng-sharers">
      <p className="m t12">{t('manage:share.help')}</p>
      <ul aria-label={t('manage:share.list')}>
        {also.map(({ id, name, address }) => (
          <li key={id}>
            <b>{name}</b>
            <span className="m grow el">{address}</span>
            <Button
              aria-label={t('manage:takeOut', { name })}
              onClick={() => onAlso(also.filter(each => each.id !== id))}
            >
              {t('manage:out')}
            </Button>
          </li>
        ))}
      </ul>
      {(also.length < MAX_SHARERS || isWrong) && (
        <TextField
          type="search"
          {...{ word: t('manage:share.find'), field, faults, value: text, onValue: setText }}
          autoFocus={isOpen}
          onEnter={() => {
            const [only, more] = others
            if (only && !more && also.length < MAX_SHARERS) add(only)
          }}
        />
      )}
      <ul aria-label={t('manage:share.found')}>
        {others.map(({ id, name, address }) => (
          <li key={id}>
            <b>{name}</b>
            <span className="m grow el">{address}</span>
            <Button aria-label={t('manage:share.addName', { name })} onClick={() => add({ id, name, address })}>
              {t('manage:share.add')}
            </Button>
          </li>
        ))}
        {found && others.length === 0 && <li className="m">{t('manage:group.nobody')}</li>}
      </ul>
    </div>
  )
}
