"""The passwords that people take first, in small letters: whoever guesses begins with these."""

WORDS = """
0 00 000 0000 00000 000000 0000000 00000000 1 11 111 1111 11111 111111 1111111 11111111 12 123 1234 12345 123456
1234567 12345678 123456789 1234567890 0123456789 987654321 9876543210 87654321 654321 54321 4321 321 123123 123123123
121212 112233 11223344 1122334455 123321 1234321 12344321 123454321 147258369 159753 102030 222222 333333 444444
555555 666666 777777 888888 88888888 999999 99999999 123qwe 123qweasd 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2
12qwaszx q1w2e3r4 qwe123 qweasd qweasdzxc qwer1234 qwert qwerty qwerty1 qwerty12 qwerty123 qwerty1234 qwertyuiop
qwertz qwertz123 qwertzuiop asdf asdf1234 asdfasdf asdfgh asdfghjk asdfghjkl zxcvbn zxcvbnm yxcvbnm azerty azertyuiop
zaq12wsx zaq1zaq1 a a1b2c3 a1b2c3d4 aa aaa aaaaaa aaaaaaaa aa123456 a123456 a1234567 a12345678 abc abc123 abc1234
abc12345 abcd abcd1234 abcde abcdef abcdefg abcdefgh abcdefghi 123abc 1234abcd password password0 password1 password12
password123 password1234 password! passw0rd p@ssword p@ssw0rd pa55word pa$$word pass pass123 pass1234 password01
passwort passwort1 passwort123 kennwort kennwort1 geheim geheim123 secret secret1 secret123 topsecret letmein letmein1
letmein123 welcome welcome1 welcome12 welcome123 willkommen willkommen1 hallo hallo123 hallo1234 hello hello123
hello1234 changeme changeme1 changeme123 change-me changeit default default1 default123 admin admin1 admin12 admin123
admin1234 admin12345 administrator administrator1 administrador adminadmin root root123 root1234 toor rootroot user
user123 user1234 username guest guest123 test test1 test12 test123 test1234 test12345 testtest testing testing1
testing123 testuser tester demo demo123 demo1234 demodemo login login123 access access123 master master1 master123
manager manager1 service service1 service123 support support1 support123 system system123 server server123 operator
operator1 technician technik techniker technik123 install installer installer1 setup setup123 temp temp123 temp1234
temppass nothing nopassword none null charge charger charger1 charger123 charging charging1 charging123 chargepoint
chargepoint1 charge123 electric electric1 electricity evcharger evcharger1 evcharger123 evse1234 ocpp ocpp16 ocpp1234
ocppocpp laden ladestation ladesaeule wallbox wallbox1 wallbox123 wallbox1234 station station1 station123 strom
strom123 elektro elektro1 elektriker energy energy123 gateway gateway1 gateway123 raspberry raspberrypi raspberry1
debian debian123 ubuntu ubuntu123 linux linux123 iloveyou iloveyou1 iloveyou2 ichliebedich princess princess1 sunshine
sunshine1 monkey monkey1 monkey123 dragon dragon1 dragon123 shadow shadow1 football football1 fussball baseball
baseball1 basketball soccer hockey superman superman1 batman batman1 starwars starwars1 pokemon pokemon1 michael
michael1 jennifer jessica jordan jordan23 michelle charlie charlie1 thomas thomas1 andreas alexander daniel daniel1
robert sabrina stefan martin martin1 matthias nicole julia computer computer1 internet internet1 samsung samsung1
google google123 facebook whatever trustno1 freedom freedom1 killer killer1 summer summer1 summer2024 summer2025
summer2026 winter winter1 winter2024 winter2025 winter2026 spring2025 spring2026 sommer2025 sommer2026 flower flower1
cookie cookie123 chocolate butterfly lovely loveme lovelove liverpool liverpool1 chelsea1 arsenal1 barcelona schalke04
bayern berlin berlin1 hamburg hamburg1 muenchen frankfurt mercedes mercedes1 porsche911 ferrari ferrari1 corvette
mustang mustang1 harley yamaha toyota volkswagen volkswagen1 tesla123 teslamodel3 blink182 slipknot metallica nirvana
ncc1701 matrix thematrix hunter hunter1 hunter2 ranger tigger buster pepper ginger maggie bailey peanut purple orange
banana cheese snoopy diamond silver golden phoenix thunder lightning mountain ocean q q1w2e3 q1w2e3r4t5 qazwsx
qazwsxedc qazwsx123 poiuytrewq lkjhgfdsa mnbvcxz mypassword mypassword1 yourpassword newpassword newpassword1
oldpassword superuser supersecret security security1 security123 private private1 company company1 company123 office
office123 business home home123 house123 family family1 family123 baby123 angel angel123
"""
COMMON_PASSWORDS = frozenset(WORDS.split())
