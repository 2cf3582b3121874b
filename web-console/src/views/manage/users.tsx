/** 人员: who may log in as what; a new person's password is shown once. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UserChoices, UserDetail, UserLine, UserSaved } from '../../../../gateway/core/user-record.ts'
import type { Role } from '../../../../gateway/core/wire.ts'
import { useSession } from '../../session.tsx'
import { Button, Chip } from '../../ui/parts.tsx'
import { post } from '../../wire/api.ts'
import { ChoiceField, PickField, TextField } from './fields.tsx'
import { FormFrame } from './form-frame.tsx'
import { Once, useOnce } from './once.tsx'
import { type RecordFormProps, RecordsPart } from './records-part.tsx'
import type { Column } from './rows-table.tsx'
import { useDetail } from './use-detail.ts'
import { useSave } from './use-save.ts'

const ROLES: readonly Role[] = ['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor']

export function Users() {
  const { t } = useTranslation()
  const once = useOnce()
  const columns: readonly Column<UserLine>[] = [
    { word: t('manage:user.name'), width: 220, cell: row => row.name },
    { word: t('manage:user.login'), width: 120, digits: true, cell: row => row.login },
    { word: t('manage:user.role'), width: 140, cell: row => t(`words:role.${row.role}`) },
    { word: t('manage:user.unitOrFleet'), quiet: true, cell: row => row.unit?.name ?? row.fleetId ?? '–' },
    {
      ...{ word: t('manage:user.state'), width: 120 },
      cell: row =>
        row.disabled ? (
          <Chip tone="amber">{t('manage:user.disabled')}</Chip>
        ) : row.loggedIn ? (
          <Chip tone="ok">{t('manage:user.online')}</Chip>
        ) : (
          <span className="d">–</span>
        )
    }
  ]
  return (
    <RecordsPart<UserLine, UserDetail>
      {...{ path: '/api/users', columns, find: t('manage:user.find'), add: t('manage:add.user') }}
      keyOf={row => row.login}
      titleOf={({ line }) => [line.name, line.login]}
      said={() => (
        <Once
          once={once}
          wordOf={login => t('manage:user.passwordOnce', { login })}
          taken={t('manage:user.passwordTold')}
        />
      )}
      form={props => <UserForm {...props} onPassword={once.show} />}
    />
  )
}

interface UserFormProps extends RecordFormProps<UserDetail> {
  readonly onPassword: (login: string, password: string) => void
}

function UserForm({ detail, onPassword, onChanged, onReload }: UserFormProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const line = detail?.line
  const [draft, setDraft] = useState({
    ...{ login: line?.login ?? '', name: line?.name ?? '', role: line?.role ?? ('operator' as Role) },
    ...{ unitId: line?.unit?.id ?? '', fleetId: line?.fleetId ?? '' }
  })
  const choices = useDetail<UserChoices>('/api/users/choices')
  const saving = useSave()
  const text = (key: keyof typeof draft, word: string) => ({
    ...{ word, field: key, faults: saving.faults, value: draft[key] },
    onValue: (value: string) => setDraft({ ...draft, [key]: value })
  })
  const none = ['', t('manage:user.choose')] as const
  const save = async () => {
    const saved = await saving.send<UserSaved>('/api/users', { draft, version: detail?.version ?? '' })
    if (!saved) return
    if (saved.password) onPassword(saved.login, saved.password)
    onChanged(saved.login)
  }
  const order = async (path: string, body: object = {}) => {
    try {
      const answer = await post<{ password?: string } | undefined>(path, body)
      if (answer?.password && line) onPassword(line.login, answer.password)
      if (line) onChanged(line.login)
    } catch (error) {
      saving.setRefused(error)
    }
  }
  const orders =
    line && line.login !== user?.login ? (
      <Orders line={line} order={order} />
    ) : (
      line && <span className="m t12">{t('manage:user.self')}</span>
    )
  return (
    <FormFrame {...{ saving, onReload, orders }} onSave={() => void save()}>
      {!line && <TextField {...text('login', t('manage:user.login'))} needed autoFocus />}
      <TextField {...text('name', t('manage:user.name'))} needed />
      <ChoiceField
        {...text('role', t('manage:user.role'))}
        choices={ROLES.map(each => [each, t(`words:role.${each}`)])}
      />
      {draft.role === 'patrol' && (
        <PickField
          {...text('unitId', t('manage:user.unit'))}
          needed
          items={choices?.units ?? []}
          placeholder={t('common:pick.find')}
        />
      )}
      {draft.role === 'taxiDispatcher' && (
        <ChoiceField
          {...text('fleetId', t('manage:user.fleet'))}
          needed
          choices={[none, ...(choices?.fleets.map(each => [each, each] as const) ?? [])]}
        />
      )}
      {line && <p className="m wide">{t('manage:user.rightsHelp')}</p>}
    </FormFrame>
  )
}

interface OrdersProps {
  readonly line: UserLine
  readonly order: (path: string, body?: object) => Promise<void>
}

function Orders({ line, order }: OrdersProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<'password' | 'disable'>()
  const disable = `/api/admin/users/${line.login}/disabled`
  const give = (path: string, body?: object) => {
    setAsked(undefined)
    void order(path, body)
  }
  if (asked)
    return (
      <>
        <span className="m">{t(asked === 'password' ? 'manage:user.newPasswordSure' : 'manage:user.disableSure')}</span>
        <Button
          danger
          onClick={() =>
            asked === 'password' ? give(`/api/users/${line.login}/password`) : give(disable, { disabled: true })
          }
        >
          {t(asked === 'password' ? 'manage:user.newPassword' : 'manage:user.disableYes')}
        </Button>
        <Button onClick={() => setAsked(undefined)}>{t('manage:user.not')}</Button>
      </>
    )
  return (
    <>
      <Button onClick={() => setAsked('password')}>{t('manage:user.newPassword')}</Button>
      {line.disabled ? (
        <Button onClick={() => give(disable, { disabled: false })}>{t('manage:user.enable')}</Button>
      ) : (
        <Button danger onClick={() => setAsked('disable')}>
          {t('manage:user.disable')}
        </Button>
      )}
    </>
  )
}
