//! What mail says, in the languages it speaks. `{site}` stands for the name of the site.

/// A language and its words.
#[derive(Debug)]
pub struct Language {
    /// Its tag (BCP 47).
    pub tag: &'static str,
    /// Which way it is written, as HTML says it.
    pub direction: &'static str,
    /// The words.
    pub words: Words,
}

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    /// The subject of a mail with a code.
    pub code_subject: &'static str,
    /// What stands before the code.
    pub code_intro: &'static str,
    /// How long the code is good, and whom it is for.
    pub code_ends: &'static str,
    /// What the link leads to that goes on with the chat.
    pub resume: &'static str,
    /// What somebody is told who did not ask for the mail.
    pub not_you: &'static str,
    /// The subject of a mail with what was said.
    pub transcript_subject: &'static str,
    /// What stands before what was said.
    pub transcript_intro: &'static str,
    /// The visitor, who reads the mail.
    pub you: &'static str,
    /// What a mail with a message that somebody left begins with, as does its subject: there, whoever did is named after it.
    pub offline_left: &'static str,
    /// How it is answered, and what is known of the address: `{email}`.
    pub offline_reply: &'static str,
}

/// English, which is for everybody else.
static ENGLISH: Language = Language {
    tag: "en",
    direction: "ltr",
    words: Words {
        code_subject: "Your code for {site}",
        code_intro: "Type this code into the chat of {site} to show that this address is yours:",
        code_ends: "It is good for 10 minutes and can be used once. Never give it to anybody else.",
        resume: "Or go on with the chat here",
        not_you: "If you did not ask for this, you can ignore it: nothing has happened.",
        transcript_subject: "Your chat with {site}",
        transcript_intro: "Here is what was said in your chat with {site}:",
        you: "You",
        offline_left: "Message left at {site}",
        offline_reply: "To answer, write to {email}. Nobody has checked whose address this is.",
    },
};

/// The other languages.
static LANGUAGES: &[Language] = &[
    Language {
        tag: "de",
        direction: "ltr",
        words: Words {
            code_subject: "Ihr Code für {site}",
            code_intro: "Geben Sie diesen Code im Chat von {site} ein, um zu zeigen, dass diese Adresse Ihnen gehört:",
            code_ends: "Er gilt 10 Minuten und nur einmal. Geben Sie ihn niemandem weiter.",
            resume: "Oder setzen Sie den Chat hier fort",
            not_you: "Wenn Sie das nicht angefordert haben, ist nichts zu tun: Es ist nichts geschehen.",
            transcript_subject: "Ihr Chat mit {site}",
            transcript_intro: "Das wurde in Ihrem Chat mit {site} gesagt:",
            you: "Sie",
            offline_left: "Nachricht, hinterlassen bei {site}",
            offline_reply: "Zum Antworten schreiben Sie an {email}. Niemand hat geprüft, wem diese Adresse gehört.",
        },
    },
    Language {
        tag: "es",
        direction: "ltr",
        words: Words {
            code_subject: "Su código para {site}",
            code_intro: "Escriba este código en el chat de {site} para demostrar que esta dirección es suya:",
            code_ends: "Vale durante 10 minutos y una sola vez. No se lo dé a nadie.",
            resume: "O continúe el chat aquí",
            not_you: "Si usted no lo ha pedido, puede ignorar este mensaje: no ha pasado nada.",
            transcript_subject: "Su chat con {site}",
            transcript_intro: "Esto es lo que se dijo en su chat con {site}:",
            you: "Usted",
            offline_left: "Mensaje dejado en {site}",
            offline_reply: "Para responder, escriba a {email}. Nadie ha comprobado de quién es esta dirección.",
        },
    },
    Language {
        tag: "fr",
        direction: "ltr",
        words: Words {
            code_subject: "Votre code pour {site}",
            code_intro: "Saisissez ce code dans le chat de {site} pour montrer que cette adresse est la vôtre :",
            code_ends: "Il est valable 10 minutes et une seule fois. Ne le donnez à personne.",
            resume: "Ou reprenez le chat ici",
            not_you: "Si vous n’avez rien demandé, ignorez ce message : il ne s’est rien passé.",
            transcript_subject: "Votre chat avec {site}",
            transcript_intro: "Voici ce qui a été dit dans votre chat avec {site} :",
            you: "Vous",
            offline_left: "Message laissé sur {site}",
            offline_reply: "Pour répondre, écrivez à {email}. Personne n’a vérifié à qui est cette adresse.",
        },
    },
    Language {
        tag: "pt",
        direction: "ltr",
        words: Words {
            code_subject: "O seu código para {site}",
            code_intro: "Digite este código no chat de {site} para mostrar que este endereço é seu:",
            code_ends: "Vale por 10 minutos e uma única vez. Não o dê a ninguém.",
            resume: "Ou continue o chat aqui",
            not_you: "Se não pediu isto, pode ignorar esta mensagem: nada aconteceu.",
            transcript_subject: "O seu chat com {site}",
            transcript_intro: "Isto foi o que se disse no seu chat com {site}:",
            you: "Você",
            offline_left: "Mensagem deixada em {site}",
            offline_reply: "Para responder, escreva para {email}. Ninguém verificou de quem é este endereço.",
        },
    },
    Language {
        tag: "ar",
        direction: "rtl",
        words: Words {
            code_subject: "رمزك لدى {site}",
            code_intro: "اكتب هذا الرمز في دردشة {site} لإثبات أن هذا العنوان لك:",
            code_ends: "يصلح الرمز لمدة 10 دقائق ولمرة واحدة فقط. لا تعطه لأي شخص.",
            resume: "أو تابع الدردشة من هنا",
            not_you: "إذا لم تطلب هذا فتجاهل الرسالة: لم يحدث شيء.",
            transcript_subject: "دردشتك مع {site}",
            transcript_intro: "هذا ما قيل في دردشتك مع {site}:",
            you: "أنت",
            offline_left: "رسالة تُركت لدى {site}",
            offline_reply: "للرد اكتب إلى {email}. لم يتحقق أحد من صاحب هذا العنوان.",
        },
    },
];

/// The language that fits a tag (BCP 47) best: its own, or English.
pub fn language(tag: &str) -> &'static Language {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    LANGUAGES.iter().find(|language| language.tag.eq_ignore_ascii_case(primary)).unwrap_or(&ENGLISH)
}

/// A sentence with the site's name in it.
pub fn of_site(sentence: &str, site: &str) -> String {
    sentence.replace("{site}", site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_finds_its_language_and_others_are_written_to_in_english() {
        for (tag, found) in [("pt-BR", "pt"), ("AR", "ar"), ("de_AT", "de"), ("fr", "fr"), ("es-419", "es")] {
            assert_eq!(language(tag).tag, found);
        }
        for tag in ["", "ja", "xx-de", "-", "englisch", "🏮"] {
            assert_eq!(language(tag).tag, "en", "{tag}");
        }
    }

    #[test]
    fn the_name_of_the_site_is_put_in_once() {
        assert_eq!(of_site("a {site} b", "{site}"), "a {site} b");
    }
}
