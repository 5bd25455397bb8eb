import { type Settings, setting, text } from '../../shared/config.ts';
import { secretSetting } from './secret-setting.ts';

/** Where the key is that signs the tokens. */
export const keySettings = {
  jwtSecretKeyPath: setting('JWT_SECRET_KEY_PATH', {
    schema: text,
    fallback: '/secret/jwt_secret_key',
    remedy: 'set it to the file that holds the key which signs the tokens',
  }),
  jwtSecretName: secretSetting('JWT_SECRET_NAME', 'JWT_SECRET_KEY_PATH'),
} satisfies Settings;
