/** 联防组: who is rung with whom; households come and go here as well as in their own form. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GroupDetail, GroupLine, RecordSaved } from '../../../../gateway/core/group-record.ts'
import type { SubjectPage } from '../../../../gateway/core/subject-record.ts'
import { Button, Chip } from '../../ui/parts.tsx'
import { post } from '../../wire/api.ts'
import { TextField } from './fields.tsx'
import { FormFrame } from './form-frame.tsx'
import { History } from './history.tsx'
import { type RecordFormProps, RecordsPart } from './records-part.tsx'
import type { Column } from './rows-table.tsx'
import { useDetail } from './use-detail.ts'
import { useSave } from './use-save.ts'

/** 十户联防: each call-out rings all of them. */
const GROUP_SIZE = 10
const SHOWN = 8

export function Groups() {
  const { t } = useTranslation()
  const columns: readonly Column<GroupLine>[] = [
    { word: t('manage:group.name'), cell: line => line.name },
    {
      ...{ word: t('manage:group.members'), width: 160, digits: true },
      cell: line => (
        <span className="row g6">
          {line.members}
          {line.members > GROUP_SIZE && <Chip tone="amber">{t('manage:group.tooMany')}</Chip>}
          {line.members === 0 && <Chip>{t('manage:group.few')}</Chip>}
        </span>
      )
    },
    { word: t('manage:group.phones'), width: 110, digits: true, cell: line => line.phones },
    { word: t('manage:group.code'), width: 160, quiet: true, digits: true, cell: line => line.id }
  ]
  return (
    <RecordsPart<GroupLine, GroupDetail>
      {...{ path: '/api/groups', columns, find: t('manage:group.find'), add: t('manage:add.group') }}
      keyOf={line => line.id}
      titleOf={({ draft }) => [draft.name, draft.id]}
      form={props => <GroupForm {...props} />}
    />
  )
}

function GroupForm({ detail, onChanged, onReload }: RecordFormProps<GroupDetail>) {
  const { t } = useTranslation()
  const [name, setName] = useState(detail?.draft.name ?? '')
  const saving = useSave()
  const version = detail?.version ?? 0
  const id = detail?.draft.id
  const order = async (path: string, body: object, gone = false) => {
    const saved = await saving.send<RecordSaved>(path, body)
    if (saved) onChanged(gone ? undefined : saved.id)
  }
  const move = async (change: { readonly add?: readonly string[]; readonly remove?: readonly string[] }) => {
    try {
      await post('/api/groups/members', { id, ...change })
      onChanged(id)
    } catch (error) {
      saving.setRefused(error)
    }
  }
  return (
    <FormFrame
      {...{ saving, onReload }}
      onSave={() => void order('/api/groups', { draft: { ...(id ? { id } : {}), name }, version })}
      onRemove={detail && (() => void order('/api/groups/remove', { id, version }, true))}
    >
      <TextField
        {...{ word: t('manage:group.name'), field: 'name', faults: saving.faults, value: name, onValue: setName }}
        needed
        wide
        autoFocus={!detail}
      />
      {detail && <Members detail={detail} onMove={move} />}
      {detail && detail.history.length > 0 && <History versions={detail.history} />}
    </FormFrame>
  )
}

interface MembersProps {
  readonly detail: GroupDetail
  readonly onMove: (change: { readonly add?: readonly string[]; readonly remove?: readonly string[] }) => Promise<void>
}

function Members({ detail, onMove }: MembersProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const query = new URLSearchParams({ kinds: 'household,premises', text: text.trim(), limit: String(SHOWN) })
  const found = useDetail<SubjectPage>(text.trim() === '' ? undefined : `/api/subjects?${query}`)
  const here = new Set(detail.members.map(each => each.id))
  const others = found?.rows.filter(each => !here.has(each.id)) ?? []
  return (
    <section className="wide mng-members">
      <h3>
        {t('manage:group.list')} <span className="chip n">{detail.members.length}</span>
      </h3>
      <ul>
        {detail.members.map(({ id, name, address, phone }) => (
          <li key={id}>
            <b>{name}</b>
            <span className="m grow el">{address}</span>
            <span className={phone ? 'n' : 't-amb'}>{phone ?? t('manage:group.noPhone')}</span>
            <Button aria-label={t('manage:takeOut', { name })} onClick={() => void onMove({ remove: [id] })}>
              {t('manage:out')}
            </Button>
          </li>
        ))}
      </ul>
      <TextField
        type="search"
        {...{ word: t('manage:group.addMember'), field: 'find', faults: [], value: text, onValue: setText }}
        onEnter={() => {
          const [only, more] = others
          if (only && !more) void onMove({ add: [only.id] })
        }}
      />
      <ul>
        {others.map(({ id, name, address, group }) => (
          <li key={id}>
            <b>{name}</b>
            <span className="m grow el">{address}</span>
            {group && <span className="d el">{t('manage:group.inOther', { name: group.name })}</span>}
            <Button onClick={() => void onMove({ add: [id] })}>{t('manage:group.put')}</Button>
          </li>
        ))}
        {found && others.length === 0 && <li className="m">{t('manage:group.nobody')}</li>}
      </ul>
    </section>
  )
}
