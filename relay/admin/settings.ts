import { type Settings, setting, text } from '../../shared/config.ts';
import { secretSetting } from '../secret-manager/secret-setting.ts';

/** The settings of the endpoints for administrators. Without a token there are none. */
export const adminSettings = {
  adminTokenPath: setting<string | undefined>('ADMIN_TOKEN_PATH', {
    schema: text,
    fallback: undefined,
    remedy: 'set it to the file that holds the token of the administrators, or leave it out',
  }),
  adminTokenName: secretSetting('ADMIN_TOKEN_NAME', 'ADMIN_TOKEN_PATH'),
} satisfies Settings;
