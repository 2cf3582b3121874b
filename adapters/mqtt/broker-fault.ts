/** Why the broker outside is not reached, in words that whoever is called at night can act on. Pure. */
import type { Words } from '../../gateway/core/words.ts'

const UNTRUSTED: Words = {
  zh: '服务器证书不是所信任的机构签发的，核对 adapters.mqtt.external.caFile',
  en: 'its certificate is not of an authority that is trusted; check adapters.mqtt.external.caFile'
}
const REFUSED: Words = {
  zh: '服务器拒绝登录：用户名或口令不对，或无权限',
  en: 'it refuses our log-in: wrong user name or password, or not allowed'
}
const SILENT: Words = { zh: '服务器无应答', en: 'it does not answer' }
const NO_NAME: Words = { zh: '查不到服务器的主机名', en: 'its host name cannot be found' }

/** By the code of Node's sockets and TLS, or the number of MQTT's CONNACK (3.1.1 §3.2.2.3). */
const WORDS: Readonly<Record<string, Words>> = {
  CERT_HAS_EXPIRED: { zh: '服务器证书已过期', en: 'its certificate has expired' },
  CERT_NOT_YET_VALID: {
    zh: '服务器证书尚未生效，核对本机时钟',
    en: 'its certificate is not valid yet; check the clock of this machine'
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    zh: '服务器证书上不是这个主机名，核对 adapters.mqtt.external.url',
    en: 'its certificate is for another host name; check adapters.mqtt.external.url'
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  ECONNREFUSED: { zh: '该地址和端口上没有服务', en: 'nothing listens at its address and port' },
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  ETIMEDOUT: SILENT,
  EHOSTUNREACH: SILENT,
  ENETUNREACH: SILENT,
  '2': {
    zh: '服务器不接受本网关的客户端名，核对 adapters.mqtt.external.clientId',
    en: 'it does not take our client id; check adapters.mqtt.external.clientId'
  },
  '3': { zh: '服务器暂不接受登录', en: 'it takes no log-in at present' },
  '4': REFUSED,
  '5': REFUSED
}

/** It took us and not what we ask for. */
export const NO_SUBSCRIPTION: Words = {
  zh: '服务器的权限表不许接收报警，核对 acl',
  en: 'its ACL does not let us receive alarms'
}

/** The file of `caFile` is not there, or not for us to read. */
export const NO_AUTHORITY: Words = {
  zh: '读不了签发机构的证书文件，核对 adapters.mqtt.external.caFile',
  en: 'the file of its authority cannot be read; check adapters.mqtt.external.caFile'
}

/** Undefined for what no table knows: the diagnostics have its own text. */
export function brokerFault(error: Error & { readonly code?: unknown }): Words | undefined {
  return error.message === 'connack timeout' ? SILENT : WORDS[String(error.code)]
}
