import type { Scenario } from '../scenario.ts';
import { agent, customer, entity, hangUp, silence, suggest, suggestLater } from './steps.ts';
import { coaching, faq, freeForm, knowledge, smartReplies, summary } from './suggestions.ts';

/** In Japanese: a parcel is late, and is delivered at another time. */
export const deliveryJa: Scenario = {
  name: 'delivery-ja',
  title: 'In Japanese: a parcel is late and gets a new delivery time.',
  language: 'ja-JP',
  steps: [
    agent('お電話ありがとうございます。みなと宅配サービスの佐藤でございます。'),
    customer('もしもし、先週注文した冷蔵庫がまだ届いていないんですが、確認してもらえますか。', {
      sentiment: -0.4,
      entities: [
        entity('先週', 'date-period', {
          startDate: '2026-03-02T12:00:00+09:00',
          endDate: '2026-03-08T12:00:00+09:00',
        }),
      ],
      misheard: { 冷蔵: '例題' },
    }),
    suggest(
      smartReplies(
        ['ご迷惑をおかけして申し訳ございません。', 0.94],
        ['お問い合わせ番号を教えていただけますか。', 0.91],
        ['ご希望の日時はございますか。', 0.7],
      ),
    ),
    agent('ご迷惑をおかけして申し訳ございません。お問い合わせ番号を教えていただけますか。'),
    customer('えっと、4072の8816です。', { sentiment: -0.1 }),
    suggest(
      knowledge(
        '大型家電の配送が遅れる理由は何ですか。',
        {
          answerText: '大雪のため、北陸からの大型家電の配送に二日から三日の遅れが出ています。',
          generativeSource: {
            snippets: [
              {
                title: '配送状況のお知らせ',
                uri: 'https://help.example/ja/delays',
                text: '北陸地方の大雪により、大型家電の配送が遅れています。',
              },
            ],
          },
        },
        { further: ['配送料は返金されますか。', '時間の指定はできますか。'] },
      ),
    ),
    suggestLater(
      coaching({
        applicableInstructions: [
          {
            displayName: '遅延のお詫び',
            condition: 'お客様の荷物が遅れている',
            agentAction: '理由を説明し、新しい日時を提案する。',
            triggeringEvent: 'CUSTOMER_MESSAGE',
          },
        ],
        agentActionSuggestions: [
          { agentAction: '新しい日時を二つ提案する。', sources: { instructionIndexes: [0] } },
        ],
        sampleResponses: [
          {
            responseText: '土曜日の午前か日曜日の午後はいかがでしょうか。',
            sources: { instructionIndexes: [0] },
          },
        ],
      }),
    ),
    silence(1_100),
    agent('大雪のため二日ほど遅れております。土曜日の午前か日曜日の午後はいかがでしょうか。', {
      entities: [entity('二日', 'duration', { amount: 2, unit: 'day' })],
    }),
    customer('じゃあ、土曜日の午前でお願いします。古い冷蔵庫も引き取ってもらえますか。', {
      sentiment: 0.2,
      entities: [entity('土曜日の午前', 'date-time', { date_time: '2026-03-14T09:00:00+09:00' })],
    }),
    suggest(
      faq('recycling', {
        question: '古い家電を引き取ってもらえますか。',
        answer: 'はい。家電リサイクル券をご用意いただければ、配送の時に引き取ります。',
        confidence: 0.9,
      }),
    ),
    agent('はい、リサイクル券をご用意いただければ、その場でお引き取りいたします。'),
    customer('助かります。ありがとうございました。', { sentiment: 0.9 }),
    suggestLater(
      summary({
        状況: '冷蔵庫の配送が大雪のため遅れている。',
        対応: '遅れの理由を説明し、土曜日の午前に変更した。',
        結果: '古い冷蔵庫も引き取る。リサイクル券が必要。',
      }),
      freeForm('message', '土曜日の午前にお届けします。リサイクル券をご用意ください。'),
    ),
    agent('こちらこそ、ありがとうございました。失礼いたします。'),
    silence(700),
    hangUp,
  ],
};
