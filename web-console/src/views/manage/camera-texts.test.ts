/** A found camera fills a new record, never an existing one. */
import { expect, it } from 'vitest'
import type { CameraDraft, FoundCamera } from '../../../../gateway/core/camera-record.ts'
import { draftOf, textsOf } from './camera-texts.ts'

const FOUND: FoundCamera = { endpoint: 'urn:uuid:1', address: '10.0.8.31', wantsLogin: false }
const KEPT = { id: 'cam-1', name: 'East gate', ownership: 'public' } as CameraDraft

it('gives the address that was found to a new record, not to one that has none', () => {
  expect(textsOf(undefined, FOUND)).toMatchObject({ endpoint: 'urn:uuid:1', address: '10.0.8.31' })
  expect(draftOf(textsOf(KEPT, FOUND), 'cam-1')).toMatchObject({ id: 'cam-1', endpoint: '', address: '' })
})
